use super::*;
use serde_json::json;

#[test]
fn a_realm_has_a_row_for_each_of_its_documents() {
    let overview = json!({ "realms": [
        { "name": "a", "shape": "entra", "discovery": ["http://x/1", "http://x/2"] },
        { "name": "b", "shape": "okta", "discovery": ["http://x/3"] },
    ] });
    let rows = [
        ["REALM", "SHAPE", "DISCOVERY"],
        ["a", "entra", "http://x/1"],
        ["a", "entra", "http://x/2"],
        ["b", "okta", "http://x/3"],
    ];
    assert_eq!(table(&overview), rows.map(|row| row.map(str::to_owned).to_vec()));
}
