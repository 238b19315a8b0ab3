//! Pages drawn on the server: the hosted form.

pub mod hosted;
pub mod hosted_answer;
pub mod hosted_question;
pub mod hosted_words;
