//! `claimgate echo`.

use super::failure::Failure;
use super::signals::Signals;
use super::{Answer, runtime};
use crate::{echo, output};
use clap::Args;
use std::net::SocketAddr;

/// Run an upstream that shows what reached it.
///
/// /anything and the paths below it answer httpbin's JSON; GET /recorded lists the last 1,000 requests, with
/// ?marker=V only those that carried the header X-Marker: V.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  claimgate echo --listen 127.0.0.1:8081
  curl -H 'X-Marker: 1' http://127.0.0.1:8081/anything?a=1
  curl http://127.0.0.1:8081/recorded?marker=1")]
pub(super) struct Echo {
    /// The address; port 0 takes a free port
    #[arg(long, value_name = "ADDR")]
    listen: SocketAddr,
}

impl Echo {
    pub(super) fn perform(&self) -> Result<Answer, Failure> {
        runtime()?.block_on(self.serve())?;
        Ok(Answer::Yes)
    }

    async fn serve(&self) -> Result<(), Failure> {
        let echo = echo::Echo::bind(self.listen).await.map_err(|error| Failure::Listen {
            address: self.listen,
            option: "--listen",
            error,
        })?;
        let mut signals = Signals::new()?;
        output::progress(&format!("listening on http://{}", echo.address()));
        echo.serve(signals.stop()).await;
        Ok(())
    }
}
