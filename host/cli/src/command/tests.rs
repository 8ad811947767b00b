use super::*;
use clap::CommandFactory as _;

#[test]
fn the_arguments_are_consistent() {
    Claimgate::command().debug_assert();
}

#[test]
fn every_command_shows_an_example() {
    fn leaves(command: &clap::Command, found: &mut Vec<clap::Command>) {
        let mut subcommands = command.get_subcommands().peekable();
        if subcommands.peek().is_none() {
            found.push(command.clone());
        }
        subcommands.for_each(|inner| leaves(inner, found));
    }
    let mut found = Vec::new();
    leaves(&Claimgate::command(), &mut found);
    assert!(found.len() >= 7);
    for command in found {
        let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(examples.contains("claimgate "), "{} has no example", command.get_name());
    }
}
