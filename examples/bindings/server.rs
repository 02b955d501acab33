/* SPDX-License-Identifier: MIT
 *
 * upshake in Rust: the path /chat greets by WebSocket; `echo` sends bytes back.
 * One client after the other.
 *
 * It needs a C compiler, bindgen and rustc, and no other crate.  In Debian:
 * apt-get install gcc bindgen rustc libclang-14-dev, or a later libclang.
 * From the top of the tree:
 *     two=build/amalgamated
 *     sh src/amalgamate.sh $two
 *     cc -O2 -c $two/upshake.c -o $two/upshake.o
 *     ar rcs $two/libupshake.a $two/upshake.o
 *     bindgen --size_t-is-usize --no-prepend-enum-name \
 *       --allowlist-function 'upshake_.*' --allowlist-var 'UPSHAKE_.*' \
 *       --allowlist-type 'upshake_.*' $two/upshake.h -o $two/upshake_sys.rs
 *     rustc -A warnings --crate-type rlib --out-dir $two -L $two \
 *       -l static=upshake $two/upshake_sys.rs
 *     rustc -O --edition 2021 -L $two examples/bindings/server.rs -o build/rust
 *
 * To try it (the last command in a second terminal):
 *     build/rust 8100
 *     build/upshake-client ws://127.0.0.1:8100/chat
 *
 * Lifetimes: the library keeps pointers to the config, to all that it names,
 * and to the head memory.  Config and Handshake tell that to the compiler.
 */
use std::ffi::CStr;
use std::io::{self, Read, Write};
use std::marker::PhantomData;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::raw::{c_int, c_void};
use std::time::Duration;
use std::{env, mem, process, ptr, slice};

extern crate upshake_sys as sys;

/* ---- The library's types as those of Rust -------------------------------- */

/// The bytes of a slice; None if it is absent.
///
/// # Safety
/// They stay in place for as long as 'a.
unsafe fn bytes<'a>(text: sys::upshake_slice) -> Option<&'a [u8]> {
    (!text.ptr.is_null())
        .then(|| slice::from_raw_parts(text.ptr.cast(), text.len))
}

/// What the server speaks.  The table and its texts live at least as long.
struct Config<'a> {
    raw: sys::upshake_config,
    table: PhantomData<&'a [sys::upshake_protocol]>,
}

impl<'a> Config<'a> {
    /// # Safety
    /// The pointers in the table are valid for as long as 'a.
    unsafe fn new(table: &'a [sys::upshake_protocol]) -> Self {
        let mut raw: sys::upshake_config = mem::zeroed();
        raw.protocols = table.as_ptr();
        raw.protocols_len = table.len();
        raw.decide = Some(decide);
        Config { raw, table: PhantomData }
    }
}

/// Borrows the config and the head memory until its own end.  It may be moved:
/// it holds no pointer into itself.
struct Handshake<'a> {
    raw: sys::upshake,
    borrowed: PhantomData<(&'a Config<'a>, &'a mut [u8])>,
}

impl<'a> Handshake<'a> {
    fn new(config: &'a Config, head: &'a mut [u8]) -> Option<Self> {
        unsafe {
            let mut raw: sys::upshake = mem::zeroed();
            let memory = head.as_mut_ptr().cast();
            let error = sys::upshake_init(
                &mut raw, &config.raw, memory, head.len(), ptr::null_mut());
            (error == sys::UPSHAKE_OK)
                .then(|| Handshake { raw, borrowed: PhantomData })
        }
    }

    /// Returns what to do next, and the bytes of the next protocol.
    fn feed<'d>(&mut self, data: &'d [u8]) -> (sys::upshake_next, &'d [u8]) {
        let mut used = 0;
        let next = unsafe {
            sys::upshake_feed(
                &mut self.raw, data.as_ptr().cast(), data.len(), &mut used)
        };
        (next, &data[used..])
    }

    fn answer(&mut self, status: c_int) {
        unsafe { sys::upshake_answer(&mut self.raw, status) };
    }

    fn reply(&mut self) -> Option<Vec<u8>> {
        let mut out = vec![0; sys::UPSHAKE_REPLY_CAP as usize];
        let mut len = 0;
        let error = unsafe {
            sys::upshake_reply(
                &mut self.raw, out.as_mut_ptr().cast(), out.len(), &mut len)
        };
        out.truncate(len);
        (error == sys::UPSHAKE_OK).then(|| out)
    }

    /// To which it switches; None after a refusal.
    fn protocol(&self) -> Option<&'a [u8]> {
        unsafe { protocol_of(&self.raw) }
    }
}

/// # Safety
/// The table is there for as long as 'a.
unsafe fn protocol_of<'a>(hs: *const sys::upshake) -> Option<&'a [u8]> {
    let entry = sys::upshake_get_result(hs).protocol.as_ref()?;
    Some(CStr::from_ptr(entry.name).to_bytes())
}

/* ---- The decision -------------------------------------------------------- */

fn choose(protocol: Option<&[u8]>, path: Option<&[u8]>) -> c_int {
    match (protocol, path) {
        (Some(b"echo"), _) => sys::UPSHAKE_ACCEPT as c_int,
        (_, Some(b"/chat")) => sys::UPSHAKE_ACCEPT as c_int,
        _ => 404,
    }
}

/// The library calls this for a valid offer.  A panic must not pass through C.
unsafe extern "C" fn decide(hs: *mut sys::upshake, _: *mut c_void) -> c_int {
    let path = bytes(sys::upshake_get_request(hs).path);
    let protocol = protocol_of(hs);
    std::panic::catch_unwind(|| choose(protocol, path)).unwrap_or(500)
}

/* ---- The server ---------------------------------------------------------- */

/// A text, and Close.
const GREETING: &[u8] = b"\x81\x05hello\x88\x02\x03\xe8";

fn echo(mut peer: &TcpStream, early: &[u8]) -> io::Result<()> {
    peer.write_all(early)?;
    io::copy(&mut { peer }, &mut peer).map(|_| ())
}

fn serve(mut peer: &TcpStream, config: &Config) -> io::Result<()> {
    let impossible = || io::Error::from(io::ErrorKind::InvalidInput);
    let (mut head, mut room) = ([0; 8192], [0; 4096]);
    let handshake = Handshake::new(config, &mut head);
    let mut handshake = handshake.ok_or_else(impossible)?;
    let (mut next, mut rest) = (sys::UPSHAKE_READ, &room[..0]);

    /* 1 feed */
    while next == sys::UPSHAKE_READ {
        let len = peer.read(&mut room)?;
        if len == 0 {
            return Ok(());
        }
        (next, rest) = handshake.feed(&room[..len]);
    }

    /* 2 decide: an offer was decided by the callback */
    if next == sys::UPSHAKE_PLAIN {
        handshake.answer(426);
    }

    /* 3 reply, then early bytes */
    peer.write_all(&handshake.reply().ok_or_else(impossible)?)?;
    match handshake.protocol() {
        Some(b"echo") => echo(peer, rest)?,
        Some(b"websocket") => {
            peer.write_all(GREETING)?;
            if rest.is_empty() {
                peer.read(&mut room)?; /* the client's Close answers ours */
            }
        }
        _ => (),
    }

    /* Closing at once could destroy the answer on its way. */
    peer.shutdown(Shutdown::Write)?;
    io::copy(&mut peer, &mut io::sink()).map(|_| ())
}

fn listen(port: u16) -> io::Result<()> {
    let entry = |name: &'static [u8], rules| sys::upshake_protocol {
        name: name.as_ptr().cast(),
        rules,
        methods: ptr::null(),
        upgrade: ptr::null(),
        body: 0,
        failed: 0,
    };
    let table = [
        entry(b"echo\0", None),
        entry(b"websocket\0", Some(sys::upshake_websocket_rules)),
    ];
    let config = unsafe { Config::new(&table) };
    let limit = Some(Duration::from_secs(10));
    let listener = TcpListener::bind(("127.0.0.1", port))?;

    println!("listening on http://{}/", listener.local_addr()?);
    for peer in listener.incoming() {
        let peer = peer?;
        peer.set_read_timeout(limit)?;
        peer.set_write_timeout(limit)?;
        let _ = serve(&peer, &config); /* an error ends this client only */
    }
    Ok(())
}

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let port = match &words[..] {
        [port] => port.parse().ok(),
        _ => None,
    };
    let port = port.unwrap_or_else(|| {
        eprintln!("usage: rust PORT; a number from 0 to 65535");
        process::exit(64)
    });
    assert_eq!(unsafe { sys::upshake_size() }, mem::size_of::<sys::upshake>());
    if let Err(error) = listen(port) {
        eprintln!("rust: port {port}: {error}");
        process::exit(1);
    }
}
