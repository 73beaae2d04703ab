//! Tables: a caption for who does not see them, heads of columns, rows.

use maud::{Markup, Render, html};

/// The head of a column. Its class is that of its cells: `n` for numbers, `less` for what small screens leave out.
pub(super) fn column(class: &'static str, title: impl Render) -> Markup {
    html! { th class=[named(class)] scope="col" { (title) } }
}

/// A table of `rows`.
pub(super) fn table(class: &'static str, caption: &str, columns: &[Markup], rows: &Markup) -> Markup {
    html! {
        table class=[named(class)] {
            caption.unseen { (caption) }
            thead { tr { @for column in columns { (column) } } }
            tbody { (rows) }
        }
    }
}

/// A table that is wider than a small screen scrolls by itself, with a name and by keyboard.
pub(super) fn scrolling(label: &str, table: &Markup) -> Markup {
    html! { div.scroll role="region" aria-label=(label) tabindex="0" { (table) } }
}

/// A class, unless it is none.
fn named(class: &'static str) -> Option<&'static str> {
    (!class.is_empty()).then_some(class)
}
