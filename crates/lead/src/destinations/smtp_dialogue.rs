//! A conversation with a mail server (RFC 5321, 4954, 3207), one reply at a time. It decides what is said next;
//! the Worker carries lines back and forth.

use base64ct::{Base64, Encoding};
use jiff::{Timestamp, fmt::rfc2822, tz::TimeZone};

use super::letter::Letter;

/// When the connection becomes secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Before the first word.
    FromTheBeginning,
    /// After STARTTLS; a server without it is not told anything.
    AfterStartTls,
    /// Never: only while developing on one machine.
    None,
}

/// What to do after a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Say {
    /// Send these bytes and wait for the next reply.
    This(String),
    /// Make the connection secret, then send this and wait.
    StartTls(String),
    /// It is over: the code of the reply that decided, and what is still to be said.
    End(u16, &'static str),
}

/// Where the conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Greeting,
    FirstHello,
    StartTls,
    Hello,
    AuthUser,
    AuthPassword,
    Auth,
    From,
    To(usize),
    Data,
    Letter,
}

/// The conversation about one letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialogue {
    /// Where the server is.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// When the connection becomes secret.
    pub tls: Tls,
    user: String,
    password: String,
    letter: Letter,
    mime: String,
    at: At,
    /// Mailboxes that the server takes the letter for, and the last code it refused another with.
    taken: usize,
    refused: u16,
}

/// The longest reply that is read, in bytes: nobody greets for longer.
pub const LONGEST_REPLY: usize = 8_192;

const QUIT: &str = "QUIT\r\n";

impl Dialogue {
    /// Before the greeting. `about` is the delivery's id and the Unix time in seconds.
    pub fn new(host: &str, port: u16, tls: Tls, account: (&str, &str), letter: &Letter, about: (&str, i64)) -> Self {
        let at = Timestamp::from_second(about.1).unwrap_or_default();
        let date = rfc2822::to_string(&at.to_zoned(TimeZone::UTC)).unwrap_or_default();
        Self {
            host: host.to_owned(),
            port,
            tls,
            user: account.0.to_owned(),
            password: account.1.to_owned(),
            mime: letter.mime(about.0, &date),
            letter: letter.clone(),
            at: At::Greeting,
            taken: 0,
            refused: 0,
        }
    }

    /// The letter as it goes out, for a preview.
    pub fn mime(&self) -> &str {
        &self.mime
    }

    /// True once the letter itself was said: the server looks through it now, and may take its time (RFC 5321,
    /// 4.5.3.2.6).
    pub fn is_looked_through(&self) -> bool {
        self.at == At::Letter
    }

    /// How the server refused one of several mailboxes, the others' letter having gone out.
    pub fn left_out(&self) -> String {
        if self.refused == 0 { String::new() } else { self.refused.to_string() }
    }

    /// What a whole reply (all its lines) leads to.
    pub fn hear(&mut self, reply: &str) -> Say {
        let Some(code) = reply.lines().last().and_then(|line| line.get(..3)).and_then(|code| code.parse::<u16>().ok())
        else {
            return Say::End(0, QUIT);
        };
        let good = match self.at {
            At::Greeting => code == 220,
            At::StartTls => code == 220,
            At::AuthUser | At::AuthPassword => code == 334,
            At::Auth => code == 235,
            At::To(_) => code == 250 || code == 251,
            At::Data => code == 354,
            At::FirstHello | At::Hello | At::From | At::Letter => code == 250,
        };
        if let At::To(number) = self.at {
            // One mailbox that is no more keeps the letter from nobody else.
            // Where all are refused, one that may be taken later decides.
            match (good, self.refused) {
                (true, _) => self.taken = self.taken.saturating_add(1),
                (false, 0) => self.refused = code.max(400),
                (false, before) => self.refused = before.min(code.max(400)),
            }
            let (at, say) = self.recipient(number.saturating_add(1));
            if at == At::Data && self.taken == 0 {
                return Say::End(self.refused, QUIT);
            }
            self.at = at;
            return say;
        }
        if !good {
            // A positive code at the wrong place is no agreement either.
            return Say::End(if code < 400 { 0 } else { code }, QUIT);
        }
        let hello = || "EHLO first-contact.invalid\r\n".to_owned();
        let (at, say) = match self.at {
            At::Greeting if self.tls == Tls::AfterStartTls => (At::FirstHello, Say::This(hello())),
            At::Greeting => (At::Hello, Say::This(hello())),
            At::FirstHello if !offers(reply, "STARTTLS", "") => return Say::End(538, QUIT),
            At::FirstHello => (At::StartTls, Say::This("STARTTLS\r\n".into())),
            At::StartTls => (At::Hello, Say::StartTls(hello())),
            At::Hello if offers(reply, "AUTH", "PLAIN") => {
                let said = Base64::encode_string(format!("\0{}\0{}", self.user, self.password).as_bytes());
                (At::Auth, Say::This(format!("AUTH PLAIN {said}\r\n")))
            }
            At::Hello if offers(reply, "AUTH", "LOGIN") => (At::AuthUser, Say::This("AUTH LOGIN\r\n".into())),
            At::Hello => return Say::End(534, QUIT),
            At::AuthUser => {
                (At::AuthPassword, Say::This(format!("{}\r\n", Base64::encode_string(self.user.as_bytes()))))
            }
            At::AuthPassword => {
                (At::Auth, Say::This(format!("{}\r\n", Base64::encode_string(self.password.as_bytes()))))
            }
            At::Auth => (At::From, Say::This(format!("MAIL FROM:<{}>\r\n", self.letter.from))),
            At::From | At::To(_) => self.recipient(0),
            // A line of the letter that is only a dot would end it.
            At::Data => (At::Letter, Say::This(format!("{}\r\n.\r\n", dotted(&self.mime)))),
            At::Letter => return Say::End(250, QUIT),
        };
        self.at = at;
        say
    }

    fn recipient(&self, number: usize) -> (At, Say) {
        match self.letter.to.get(number) {
            Some(mailbox) => (At::To(number), Say::This(format!("RCPT TO:<{mailbox}>\r\n"))),
            None => (At::Data, Say::This("DATA\r\n".into())),
        }
    }
}

/// True when a reply is whole: its last line has a space after the code.
pub fn is_whole(reply: &str) -> bool {
    reply.ends_with('\n')
        && reply
            .lines()
            .last()
            .is_some_and(|line| line.len() >= 3 && line.as_bytes().get(3).is_none_or(|sign| *sign == b' '))
}

fn offers(reply: &str, word: &str, more: &str) -> bool {
    reply.lines().filter_map(|line| line.get(4..)).any(|line| {
        let mut words = line.split([' ', '=']);
        words.next().is_some_and(|first| first.eq_ignore_ascii_case(word))
            && (more.is_empty() || words.any(|offered| offered.eq_ignore_ascii_case(more)))
    })
}

fn dotted(mime: &str) -> String {
    let text = mime.trim_end_matches("\r\n");
    text.split("\r\n")
        .map(|line| if line.starts_with('.') { format!(".{line}") } else { line.to_owned() })
        .collect::<Vec<_>>()
        .join("\r\n")
}
