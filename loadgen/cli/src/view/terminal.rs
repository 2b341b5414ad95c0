//! The terminal: taken, drawn on, listened to, and given back.

use std::io::{self, IsTerminal, Stderr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::ThreadId;
use std::time::Duration;

use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, poll, read};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

use super::ViewState;

/// Whether the terminal has to be given back.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyCommand {
    Nothing,
    /// The load's early end.
    Stop,
}

/// A terminal on stderr that is drawn on until this is dropped.
pub(crate) struct ViewTerminal {
    screen: ratatui::Terminal<CrosstermBackend<Stderr>>,
}

/// Whether there is a terminal to draw on, and one to listen to.
pub(crate) fn has_terminal() -> bool {
    let can_draw = std::env::var_os("TERM").is_none_or(|term| term != "dumb");
    can_draw && io::stderr().is_terminal() && io::stdin().is_terminal()
}

impl ViewTerminal {
    /// Takes the terminal: raw mode, and a screen beside the one with the prompt.
    pub fn take() -> io::Result<Self> {
        restore_on_panic(std::thread::current().id());
        enable_raw_mode()?;
        TAKEN.store(true, Ordering::Relaxed);
        // From here on dropping it gives the terminal back.
        let taken = Self { screen: ratatui::Terminal::new(CrosstermBackend::new(io::stderr()))? };
        execute!(io::stderr(), EnterAlternateScreen)?;
        Ok(taken)
    }

    /// Draws the load's state.
    pub fn draw(&mut self, state: &ViewState) -> io::Result<()> {
        self.screen.draw(|frame| super::draw::draw(state, frame)).map(drop)
    }

    /// What the keys that were typed since the last call ask for. Returns at once.
    pub fn read_keys(&self) -> io::Result<KeyCommand> {
        let mut wish = KeyCommand::Nothing;
        while poll(Duration::ZERO)? {
            if let Event::Key(key) = read()?
                && is_stop(key)
            {
                wish = KeyCommand::Stop;
            }
        }
        Ok(wish)
    }
}

fn is_stop(key: KeyEvent) -> bool {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    key.kind != KeyEventKind::Release
        && match key.code {
            KeyCode::Char('c') => control,
            KeyCode::Char('q') | KeyCode::Esc => !control,
            _ => false,
        }
}

impl Drop for ViewTerminal {
    fn drop(&mut self) {
        restore_terminal();
    }
}

/// Gives the terminal back, if it was taken. Only once: a second time would put the cursor back
/// over what was printed since. There is no place left to report a failure.
pub(crate) fn restore_terminal() {
    if !TAKEN.swap(false, Ordering::Relaxed) {
        return;
    }
    let _ = execute!(io::stderr(), LeaveAlternateScreen, Show);
    let _ = disable_raw_mode();
}

/// A panic's message must not vanish with the screen that it was written on. Panics of other
/// threads are reported at the end of the load, which goes on.
fn restore_on_panic(drawing: ThreadId) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == drawing {
            restore_terminal();
            before(info);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q_escape_and_control_c_stop() {
        let plain = |code| KeyEvent::new(code, KeyModifiers::NONE);
        let control = |code| KeyEvent::new(code, KeyModifiers::CONTROL);
        assert!(is_stop(plain(KeyCode::Char('q'))) && is_stop(plain(KeyCode::Esc)));
        assert!(is_stop(control(KeyCode::Char('c'))));
        assert!(!is_stop(plain(KeyCode::Char('c'))) && !is_stop(plain(KeyCode::Enter)));
        let released =
            KeyEvent::new_with_kind(KeyCode::Char('q'), KeyModifiers::NONE, KeyEventKind::Release);
        assert!(!is_stop(released));
    }
}
