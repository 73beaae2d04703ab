//! `docker compose logs`: the service's name, blanks and a bar before each line.

use super::{Peeled, Wrapper};

pub(super) static COMPOSE: Wrapper = Wrapper {
    name: "docker compose",
    peel: |line, _, _| {
        let bar = memchr::memmem::find(line, b" | ").filter(|&bar| bar <= 80)?;
        let name = line[..bar].trim_ascii_end();
        let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (!name.is_empty() && name.iter().all(fits)).then(|| Peeled { line: &line[bar + 3..], time: None })
    },
    enough: 30,
};
