use super::fill;

#[test]
fn a_place_of_its_own_line_takes_lines_and_indents_them() {
    assert_eq!(fill("a:\n  {{b}}\nc: 1\n", &[("b", "x: 1\n\n  y: 2\n")]), "a:\n  x: 1\n\n    y: 2\nc: 1\n");
}

#[test]
fn a_place_of_its_own_line_takes_nothing_without_leaving_a_line() {
    assert_eq!(fill("a\n  {{b}}\nc\n", &[("b", "")]), "a\nc\n");
}

#[test]
fn a_place_inside_of_a_line_takes_a_value() {
    assert_eq!(fill("a: { b: {{b}}, c: {{c}} }\n", &[("b", "1"), ("c", "2")]), "a: { b: 1, c: 2 }\n");
}

#[test]
fn what_was_put_in_is_not_filled_again() {
    let values = [("a", "{{b}}"), ("b", "no")];
    assert_eq!(fill("{{a}}\nx: {{a}}\n", &values), "{{b}}\nx: {{b}}\n");
}

#[test]
fn blank_lines_stay() {
    assert_eq!(fill("a\n\nb\n", &[]), "a\n\nb\n");
}
