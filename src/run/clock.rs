//! Timings of the steps, and a sign of life when a run takes long.

use std::time::Instant;

/// Timings of the steps, and a sign of life when a run takes long.
#[derive(Default)]
pub(super) struct Clock {
    shown: bool,
    progress: bool,
    steps: Vec<(&'static str, std::time::Duration)>,
    begun: Option<Instant>,
}

impl Clock {
    /// `shown`: timings are wanted; `progress`: somebody looks at standard error.
    pub(super) fn new(shown: bool, progress: bool) -> Clock {
        Clock { shown, progress, ..Clock::default() }
    }

    pub(super) fn step<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let begun = *self.begun.get_or_insert(start);
        if self.progress && begun.elapsed().as_secs() >= 1 {
            // Standard error is a terminal then; when even that fails there is nobody to tell.
            let _ =
                std::io::Write::write_all(&mut std::io::stderr(), format!("\r\x1b[Kacrlint: {name} …\r").as_bytes());
        }
        let result = work();
        self.steps.push((name, start.elapsed()));
        result
    }

    pub(super) fn notes(&self) -> Vec<String> {
        if self.progress && self.begun.is_some_and(|begun| begun.elapsed().as_secs() >= 1) {
            let _ = std::io::Write::write_all(&mut std::io::stderr(), b"\r\x1b[K");
        }
        let line =
            |(name, time): &(&str, std::time::Duration)| format!("{name:>12} {:>9.1} ms", time.as_secs_f64() * 1_000.0);
        if self.shown { self.steps.iter().map(line).collect() } else { Vec::new() }
    }
}
