use super::{Table, code, either};

#[test]
fn a_cell_cannot_end_its_column_or_start_a_tag() {
    let mut table = Table::new(&["key", "what"]);
    table.row(&[&code("a|b"), "<b>"]);
    assert_eq!(table.finish(), "| key | what |\n|---|---|\n| `a\\|b` | &lt;b> |\n");
}

#[test]
fn alternatives_are_joined_as_in_a_sentence() {
    assert_eq!(either(&["a"]), "`a`");
    assert_eq!(either(&["a", "b", "c"]), "`a`, `b` or `c`");
}
