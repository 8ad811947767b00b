//! A refresh token that the workers of an engine use once between them.
//!
//! What a browser asks for at one moment can reach several workers, each with the session as it was, and to a second use
//! of its refresh token providers answer by taking everything back (RFC 9700 4.14). So one worker takes the turn, and
//! leaves what it got for the others in the engine's shared data.
//!
//! ```text
//! claimgate/v1/<realm>/~~xx     the word on a refresh token whose hash is xx, sealed for this token alone
//!
//! nothing --take--> asked, until then --leave--> answered, until then
//!    ^                  |
//!    +----give back-----+
//! ```
//!
//! Engines keep for ever what was put there, so there are 1,024 places, and who finds the word on another token writes
//! over it: those two are then as they would be without this.

use crate::provider::TokenAnswer;
use crate::sealed::{Keyring, Place};
use crate::shared::binary::{Input, Output};
use crate::shared::{Found, SharedDataMut, Unavailable, ValueError, meeting_place, meeting_places};
use crate::time::UnixTime;
use crate::world::NoEntropy;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Where workers meet that have the same refresh token.
#[derive(Clone, Copy)]
pub struct Handover<'a> {
    /// The engine's shared data.
    pub data: &'a dyn SharedDataMut,
    /// What seals the words, in every worker alike.
    pub keys: &'a Keyring,
    /// The realm of the config.
    pub realm: &'a str,
    /// Who gave the token.
    pub source: &'a str,
    /// To which client.
    pub client: &'a str,
    /// The refresh token.
    pub token: &'a str,
}

/// Whose turn it is to use the token.
#[derive(Debug, PartialEq, Eq)]
pub enum Turn {
    /// The asker's; without a claim where the place is not there, and everybody asks.
    Own(Option<Claim>),
    /// Another worker's: look again later.
    Elsewhere,
    /// Nobody's any more: this came of it.
    Over(TokenAnswer),
}

/// A turn that was taken, to be ended.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim {
    name: String,
    /// What stands there as long as the turn is not over.
    word: Vec<u8>,
}

/// What is said of a token, and until when it counts.
struct Word {
    until: UnixTime,
    /// What came of it, and when; `None`: it is being asked for.
    came: Option<(TokenAnswer, UnixTime)>,
}

/// Creates the places of a realm, before a worker takes requests. Some engines overwrite what somebody else has just
/// created, but none a value whose number changed, so nothing is created any more when there are turns to take.
///
/// # Errors
/// [`Unavailable`]: then nobody can meet there.
pub fn prepare(data: &dyn SharedDataMut, realm: &str) -> Result<(), Unavailable> {
    for name in meeting_places(realm) {
        if data.get(&name)?.is_none() {
            data.set(&name, NOTHING, 0)?;
        }
    }
    Ok(())
}

impl Handover<'_> {
    /// Takes the turn for `patience` seconds, unless another worker has it, or had it and left what it got.
    #[must_use]
    pub fn take(&self, patience: i64, now: UnixTime) -> Turn {
        let name = meeting_place(self.realm, &Place(&self.place()).bytes());
        let Ok(Some(Found { bytes, cas })) = self.data.get(&name) else { return Turn::Own(None) };
        match self.read(&bytes).filter(|word| now < word.until) {
            Some(Word { came: Some((answer, at)), .. }) => return Turn::Over(aged(answer, at, now)),
            Some(Word { came: None, .. }) => return Turn::Elsewhere,
            None => {}
        }
        let asked = Word { until: now.plus(patience), came: None };
        let Some(word) = self.written(&asked, now) else { return Turn::Own(None) };
        match self.data.set(&name, &word, cas) {
            Ok(true) => Turn::Own(Some(Claim { name, word })),
            Ok(false) => Turn::Elsewhere,
            Err(_) => Turn::Own(None),
        }
    }

    /// Ends a turn with what came of it, which counts until then.
    pub fn leave(&self, claim: &Claim, answer: &TokenAnswer, until: UnixTime, now: UnixTime) {
        match self.written(&Word { until, came: Some((answer.clone(), now)) }, now) {
            Some(word) => claim.replace(self.data, &word),
            None => claim.give_back(self.data),
        }
    }

    fn read(&self, sealed: &[u8]) -> Option<Word> {
        let opened = self.keys.open(Place(&self.place()), sealed).ok()?;
        Word::decode(&opened).ok()
    }

    /// Two words that differ in nothing are one, so their nonce needs nothing random (see [`Keyring`]).
    fn written(&self, word: &Word, now: UnixTime) -> Option<Vec<u8>> {
        let bytes = word.encode().ok()?;
        self.keys.seal(Place(&self.place()), &bytes, now, &mut NoEntropy).map(String::into_bytes)
    }

    fn place(&self) -> [&[u8]; 5] {
        let Self { realm, source, client, token, .. } = self;
        [b"refresh", realm.as_bytes(), source.as_bytes(), client.as_bytes(), token.as_bytes()]
    }
}

impl Claim {
    /// Ends the turn without anything: whoever comes next takes it.
    pub fn give_back(&self, data: &dyn SharedDataMut) {
        self.replace(data, NOTHING);
    }

    /// Where the word is another one by now, somebody else sees to it.
    fn replace(&self, data: &dyn SharedDataMut, word: &[u8]) {
        if let Ok(Some(found)) = data.get(&self.name)
            && found.bytes == self.word
        {
            // Not written, it is over when its time is.
            let _written = data.set(&self.name, word, found.cas);
        }
    }
}

/// The same answer as it is later: what it says of its life it said when it came.
fn aged(answer: TokenAnswer, at: UnixTime, now: UnixTime) -> TokenAnswer {
    let age = now.seconds().saturating_sub(at.seconds()).max(0);
    TokenAnswer { expires_in: answer.expires_in.map(|seconds| seconds.saturating_sub(age)), ..answer }
}

impl Word {
    fn encode(&self) -> Result<Vec<u8>, ValueError> {
        Output::whole(|output| {
            output.signed(self.until.seconds());
            output.option(self.came.as_ref(), |output, (answer, at)| {
                output.signed(at.seconds());
                output.text(&answer.access_token)?;
                output.option(answer.expires_in, |output, seconds| {
                    output.signed(seconds);
                    Ok(())
                })?;
                let TokenAnswer { refresh_token, id_token, scope, .. } = answer;
                [refresh_token, id_token, scope]
                    .into_iter()
                    .try_for_each(|text| output.option(text.as_deref(), Output::text))
            })
        })
    }

    fn decode(bytes: &[u8]) -> Result<Self, ValueError> {
        let time = |input: &mut Input<'_>| input.signed().map(UnixTime::from_seconds);
        let text = |input: &mut Input<'_>| input.text().map(|text| (*text).into());
        Input::whole(bytes, |input| {
            let until = time(input)?;
            let came = input.option(|input| {
                let at = time(input)?;
                let answer = TokenAnswer {
                    access_token: text(input)?,
                    expires_in: input.option(Input::signed)?,
                    refresh_token: input.option(text)?,
                    id_token: input.option(text)?,
                    scope: input.option(text)?,
                };
                Ok((answer, at))
            })?;
            Ok(Self { until, came })
        })
    }
}

/// Without what it holds of the token.
impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").finish_non_exhaustive()
    }
}

/// The word that says nothing; no engine takes it for none.
const NOTHING: &[u8] = b"-";

#[cfg(test)]
mod tests;
