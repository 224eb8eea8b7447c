//! The server on loopback to which Google sends the browser back.

use std::future::pending;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{Method, Uri};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::page::Page;
use super::redirect::Redirect;

/// How long the browser has to read the last page.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// A port of 127.0.0.1.
pub(crate) struct Loopback {
    socket: TcpListener,
    pub(crate) port: u16,
}

impl Loopback {
    /// Takes any free port.
    pub(crate) async fn bind() -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = socket.local_addr()?.port();
        Ok(Self { socket, port })
    }

    /// The address to which Google sends the browser back.
    pub(crate) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Starts to serve, for the sign-in with this state.
    pub(crate) fn serve(self, state: String) -> Listener {
        let (arrived, redirect) = oneshot::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let waiting = Waiting {
            state,
            arrived: Mutex::new(Some(arrived)),
        };
        let router = Router::new().fallback(answer).with_state(Arc::new(waiting));
        let server = axum::serve(self.socket, router).with_graceful_shutdown(async {
            // Ends, too, when the listener is dropped.
            let _ = stopped.await;
        });
        Listener {
            redirect,
            stop,
            server: tokio::spawn(server.into_future()),
        }
    }
}

/// A server that waits for the browser.
pub(crate) struct Listener {
    redirect: oneshot::Receiver<Arrived>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
}

impl Listener {
    /// Waits for the first redirect with the right state. All other requests are answered with 400.
    pub(crate) async fn redirect(&mut self) -> Arrived {
        match (&mut self.redirect).await {
            Ok(arrived) => arrived,
            Err(_) => pending().await,
        }
    }

    /// Sends what is left to send, for a limited time, and closes the port.
    pub(crate) async fn close(self) {
        drop(self.stop);
        // The sign-in has ended, whether the browser reads the last page or not.
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, self.server).await;
    }
}

/// A redirect that has arrived.
pub(crate) struct Arrived {
    pub(crate) redirect: Redirect,
    /// The browser that waits for a page.
    browser: Option<oneshot::Sender<Page>>,
}

impl Arrived {
    /// A redirect for which no browser waits.
    pub(crate) fn without_browser(redirect: Redirect) -> Self {
        Self {
            redirect,
            browser: None,
        }
    }

    /// Shows a page in the browser.
    pub(crate) fn show(self, page: Page) {
        if let Some(browser) = self.browser {
            // The browser may have closed the page.
            let _ = browser.send(page);
        }
    }
}

/// What the server waits for.
struct Waiting {
    state: String,
    /// `None` when the redirect has arrived.
    arrived: Mutex<Option<oneshot::Sender<Arrived>>>,
}

impl Waiting {
    fn take(&self) -> Option<oneshot::Sender<Arrived>> {
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        arrived.take()
    }
}

async fn answer(State(waiting): State<Arc<Waiting>>, method: Method, uri: Uri) -> Page {
    let query = uri
        .query()
        .filter(|_| method == Method::GET && uri.path() == "/");
    let redirect = query.and_then(|query| Redirect::from_query(query, &waiting.state));
    let first = redirect.and_then(|redirect| Some((redirect, waiting.take()?)));
    let Some((redirect, arrived)) = first else {
        return Page::Unexpected;
    };
    let (browser, page) = oneshot::channel();
    let browser = Some(browser);
    // Without a receiver there is no page either: the sign-in has just timed out.
    let _ = arrived.send(Arrived { redirect, browser });
    page.await.unwrap_or(Page::Failed)
}
