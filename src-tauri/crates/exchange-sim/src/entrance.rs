//! The way in: listening on the loopback addresses, and a connection from its first byte to its
//! last. What is said on it is `crate::front_end`'s.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use crate::conduit::Conduit;
use crate::counters::Tally;
use crate::doors::Place;
use crate::fault::What;
use crate::front_end::{self, Peer};
use crate::line::Line;
use crate::simulator::World;
use crate::throttling::{Beyond, ConnectionLimit};

/// Pause before a port that could not be had is asked for again.
const LISTEN_AGAIN: Duration = Duration::from_millis(5);

/// Both loopback addresses on one port; IPv6 only where the machine has it.
pub(crate) async fn listen(port: u16) -> io::Result<Vec<TcpListener>> {
    const ATTEMPTS: usize = 20;
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..ATTEMPTS {
        let four = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        match TcpListener::bind((Ipv6Addr::LOCALHOST, four.local_addr()?.port())).await {
            Ok(six) => return Ok(vec![four, six]),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = error,
            Err(_) => return Ok(vec![four]),
        }
        if port != 0 {
            break;
        }
    }
    Err(last)
}

/// Takes connections until `closed` is gone, then ends them all. While the server is full and refuses
/// by TCP, nobody listens.
pub(crate) async fn accept(
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
    world: Arc<World>,
    mut closed: watch::Receiver<()>,
) {
    let address = socket.local_addr();
    let mut socket = Some(socket);
    let mut inside = world.doors.watch();
    let mut connections = JoinSet::new();
    loop {
        inside.borrow_and_update();
        let shut = world.doors.shut(limit(&world));
        if shut {
            socket = None;
        } else if socket.is_none()
            && let Ok(address) = &address
        {
            // Fails where the system has not let go of the port yet; tried again below.
            socket = TcpListener::bind(address).await.ok();
        }
        let again = !shut && socket.is_none();
        tokio::select! {
            accepted = next(socket.as_ref()) => {
                // A connection that is gone before it is taken is the client's affair.
                if let Ok((stream, _)) = accepted {
                    let place = world.doors.enter(limit(&world));
                    connections.spawn(connection(stream, place, tls.clone(), Arc::clone(&world)));
                }
            }
            Some(_) = connections.join_next() => {}
            Ok(()) = inside.changed() => {}
            () = sleep(LISTEN_AGAIN), if again => {}
            _ = closed.changed() => break,
        }
    }
    connections.shutdown().await;
}

fn limit(world: &World) -> Option<ConnectionLimit> {
    world.directory().options.connection_limit
}

/// The next connection; never, where nobody listens.
async fn next(socket: Option<&TcpListener>) -> io::Result<(TcpStream, SocketAddr)> {
    match socket {
        Some(socket) => socket.accept().await,
        None => std::future::pending().await,
    }
}

/// One connection from its first byte to its last. Its errors are what clients are tested with.
async fn connection(
    stream: TcpStream,
    place: Option<Place>,
    tls: Option<TlsAcceptor>,
    world: Arc<World>,
) {
    let entered = world.tally.connections.enter();
    // Small answers should not wait for the client's acknowledgment; a failure only costs time.
    let _ = stream.set_nodelay(true);
    let resets = Arc::new(AtomicBool::new(false));
    if let Some(what) = world.queue.on_connect() {
        Tally::one(&world.tally.faults_struck);
        meet(stream, what).await;
        return;
    }
    let beyond = world.directory().options.connection_limit.map(|l| l.beyond);
    if place.is_none() && beyond != Some(Beyond::Unavailable) {
        let what = match beyond {
            Some(Beyond::Refused) => What::Reset,
            _ => What::Close,
        };
        meet(stream, what).await;
        return;
    }
    let conduit = Conduit::new(stream, Arc::clone(&resets));
    let peer = Peer {
        number: entered.number,
        session: Mutex::default(),
        answered: AtomicU32::new(0),
        line: Line::new(),
        resets,
        too_many: place.is_none(),
    };
    match tls {
        None => serve(conduit, &peer, &world).await,
        Some(tls) => {
            // A client that distrusts the certificate ends the handshake here.
            if let Ok(stream) = tls.accept(conduit).await {
                serve(stream, &peer, &world).await;
            }
        }
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, peer: &Peer, world: &World) {
    let service = service_fn(|request| front_end::handle(request, peer, world));
    let mut connection =
        pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    let idle = world.directory().options.idle_close;
    tokio::select! {
        // Ends with the connection; an error is a client that left or a fault that struck.
        _ = connection.as_mut() => {}
        () = peer.line.over(idle) => {
            connection.as_mut().graceful_shutdown();
            // What is left is to close it; the client may have done so already.
            let _ = connection.await;
        }
    }
}

/// A connection that meets a fault before a byte is answered.
async fn meet(mut stream: TcpStream, what: What) {
    match what {
        What::Stall(duration) | What::NoTls(duration) => sleep(duration).await,
        What::CloseInHandshake => {
            let mut hello = [0; 1_024];
            // Whatever the client says, or that it says nothing, the connection ends here.
            let _ = stream.read(&mut hello).await;
        }
        What::Reset => {
            // Fails only on a socket that is gone already.
            let _ = stream.set_zero_linger();
        }
        _ => {}
    }
}
