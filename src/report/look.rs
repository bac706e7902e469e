//! How the formats for people look. Whoever calls decides; nothing here asks the environment.

/// Colours, width and loudness of the formats for people. The formats for machines don't look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether to use terminal colours.
    pub colour: bool,
    /// The width to wrap sentences at, in columns.
    pub width: usize,
    /// Whether to list everything that was not understood.
    pub verbose: bool,
    /// Whether to leave the closing words out.
    pub quiet: bool,
    /// The address of the commit that is looked at, to which a path can be added, for formats that can link to a line.
    pub address: Option<String>,
}

impl Default for Look {
    fn default() -> Look {
        Look { colour: false, width: Look::WIDTH, verbose: false, quiet: false, address: None }
    }
}

/// Colours that the formats use, as the numbers of terminal sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Red,
    Green,
    Yellow,
    Cyan,
    Dim,
    Bold,
}

impl Look {
    /// The width where nobody says one.
    pub const WIDTH: usize = 100;

    /// `text` in a colour, or as it is when colours are off.
    pub(super) fn paint(&self, ink: Ink, text: &str) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Red => 31,
            Ink::Green => 32,
            Ink::Yellow => 33,
            Ink::Cyan => 36,
            Ink::Dim => 2,
            Ink::Bold => 1,
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_can_be_off() {
        assert_eq!(Look::default().paint(Ink::Red, "a"), "a");
        assert_eq!(Look { colour: true, ..Look::default() }.paint(Ink::Red, "a"), "\u{1b}[31ma\u{1b}[0m");
    }
}
