//! `gatehound`, the command.

fn main() {}
