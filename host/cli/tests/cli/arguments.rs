//! What every command shares: exit codes and help.

use crate::process::claimgate;

#[test]
fn bad_usage_is_64_and_goes_to_stderr() {
    for arguments in
        [&["nosuch"][..], &["run"], &["echo", "--listen", "nowhere"], &["keys", "new", "--alg", "HS256"]]
    {
        let refused = claimgate(arguments);
        assert_eq!(refused.code, Some(64), "{arguments:?}");
        assert!(refused.stdout.is_empty() && !refused.stderr.is_empty(), "{refused:?}");
    }
}

#[test]
fn help_and_version_are_answers() {
    for arguments in [&["--help"][..], &["--version"], &["run", "--help"], &["token", "mint", "--help"]] {
        let answered = claimgate(arguments);
        assert_eq!(answered.code, Some(0), "{arguments:?}");
        assert!(!answered.stdout.is_empty());
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let refused = claimgate(["token", "mint", "--key", "/nowhere/key.jwk"]);
    assert_eq!(refused.code, Some(64));
    assert!(refused.stderr.contains("/nowhere/key.jwk"), "{}", refused.stderr);
}
