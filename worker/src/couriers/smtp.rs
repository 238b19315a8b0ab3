//! The lines of a conversation with a mail server, over a socket. What is said, the dialogue decides.

use js_sys::{Promise, Reflect, Uint8Array};
use lead::destinations::{
    contract::Answer,
    smtp_dialogue::{Dialogue, LONGEST_REPLY, Say, Tls, is_whole},
};
use wasm_bindgen_futures::JsFuture;
use worker::{
    Result,
    wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen},
};

use super::{PATIENCE, PATIENCE_OF_ALL};
use crate::{clock::within, plain_object::object};

#[wasm_bindgen(module = "cloudflare:sockets")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn connect(address: &JsValue, options: &JsValue) -> std::result::Result<Socket, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    type Socket;

    #[wasm_bindgen(method, getter)]
    fn readable(this: &Socket) -> Stream;

    #[wasm_bindgen(method, getter)]
    fn writable(this: &Socket) -> Stream;

    #[wasm_bindgen(method, catch, js_name = startTls)]
    fn start_tls(this: &Socket) -> std::result::Result<Socket, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn close(this: &Socket) -> std::result::Result<Promise, JsValue>;

    /// Either end of the socket.
    type Stream;

    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn reader(this: &Stream) -> std::result::Result<End, JsValue>;

    #[wasm_bindgen(method, catch, js_name = getWriter)]
    fn writer(this: &Stream) -> std::result::Result<End, JsValue>;

    /// A reader or a writer.
    type End;

    #[wasm_bindgen(method, catch)]
    fn read(this: &End) -> std::result::Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn write(this: &End, bytes: &Uint8Array) -> std::result::Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = releaseLock)]
    fn release(this: &End) -> std::result::Result<(), JsValue>;
}

/// Leads the conversation to its end; the answer's status is the code of the reply that decided, its body the code that
/// another mailbox was refused with.
pub async fn talk(dialogue: &mut Dialogue) -> Result<Answer> {
    let address = object(&[("hostname", dialogue.host.as_str().into()), ("port", f64::from(dialogue.port).into())])?;
    let secure = match dialogue.tls {
        Tls::FromTheBeginning => "on",
        Tls::AfterStartTls => "starttls",
        Tls::None => "off",
    };
    let mut line = Line(connect(&address, &object(&[("secureTransport", secure.into())])?)?);
    let code = converse(&mut line.0, dialogue).await?;
    Ok(Answer { status: code, body: dialogue.left_out(), ..Answer::default() })
}

/// A line that is hung up when nobody holds it any more, also in the middle of a conversation that took too long.
struct Line(Socket);

impl Drop for Line {
    fn drop(&mut self) {
        // One that cannot be closed is closed already.
        let _ = self.0.close();
    }
}

async fn converse(socket: &mut Socket, dialogue: &mut Dialogue) -> Result<u16> {
    let (mut reader, mut writer) = (socket.readable().reader()?, socket.writable().writer()?);
    loop {
        // A server that is silent for longer than a whole answer may take is not going to speak.
        let patience = if dialogue.is_looked_through() { PATIENCE_OF_ALL } else { PATIENCE };
        let Some(reply) = within(patience, reply(&reader)).await else { return Ok(0) };
        match dialogue.hear(&reply?) {
            Say::This(words) => say(&writer, &words).await?,
            Say::StartTls(words) => {
                reader.release()?;
                writer.release()?;
                *socket = socket.start_tls()?;
                (reader, writer) = (socket.readable().reader()?, socket.writable().writer()?);
                say(&writer, &words).await?;
                continue;
            }
            Say::End(code, last) => {
                let _ = within(PATIENCE, say(&writer, last)).await;
                return Ok(code);
            }
        }
    }
}

async fn say(writer: &End, words: &str) -> Result<()> {
    JsFuture::from(writer.write(&Uint8Array::from(words.as_bytes()))?).await?;
    Ok(())
}

/// One whole reply; empty when the server has gone.
async fn reply(reader: &End) -> Result<String> {
    let mut said = Vec::new();
    loop {
        let piece = JsFuture::from(reader.read()?).await?;
        let value = Reflect::get(&piece, &"value".into())?;
        let Ok(bytes) = value.dyn_into::<Uint8Array>() else { return Ok(String::new()) };
        said.extend_from_slice(&bytes.to_vec());
        let text = String::from_utf8_lossy(&said);
        if is_whole(&text) || said.len() > LONGEST_REPLY {
            return Ok(text.into_owned());
        }
    }
}
