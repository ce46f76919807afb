//! A ledger beside its model.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Mutex;

use ledger::{
    Checkpoint, Event, Growth, Ledger, LedgerError, OwnSigner, SignedCheckpoint, Signer,
    consistency_holds, verify,
};
use seal::{IdentityKey, SealError};

/// A party's witness: signs what extends what it signed before, and nothing else.
struct Witness {
    key: IdentityKey,
    signed: Mutex<Option<(u64, [u8; 32])>>,
}

impl Signer for Witness {
    fn name(&self) -> &'static str {
        "bank_a"
    }

    fn public(&self) -> [u8; 32] {
        self.key.public()
    }

    fn sign(&self, checkpoint: &Checkpoint, growth: Growth<'_>) -> Result<[u8; 64], SealError> {
        let mut signed = self.signed.lock().unwrap();
        if let Some((size, root)) = *signed {
            let proof = growth.since(size);
            let sizes = [size, checkpoint.size].map(|size| usize::try_from(size).unwrap());
            let (old, new) = ((sizes[0], &root), (sizes[1], &checkpoint.root));
            let holds = consistency_holds(old, new, &proof);
            assert!(checkpoint.size >= size && holds, "the tree was rewritten");
        }
        *signed = Some((checkpoint.size, checkpoint.root));
        Ok(self.key.sign(checkpoint.text().as_bytes()))
    }
}

/// Signs nothing.
struct Refuser;

impl Signer for Refuser {
    fn name(&self) -> &'static str {
        "bank_a"
    }

    fn public(&self) -> [u8; 32] {
        [0; 32]
    }

    fn sign(&self, _: &Checkpoint, _: Growth<'_>) -> Result<[u8; 64], SealError> {
        Err(SealError::Signature)
    }
}

/// The ledger, the keys, and what must be in it.
pub(crate) struct Machine {
    dir: tempfile::TempDir,
    engine: IdentityKey,
    witness: Witness,
    open: Option<Ledger>,
    /// All entries on disk, in order.
    written: Vec<Event>,
    /// So many of them are acknowledged.
    acknowledged: usize,
    /// All that was spent, as far as anybody was told.
    spent: u64,
    turn: u64,
}

impl Machine {
    /// A ledger with a contract in force.
    pub(crate) fn new() -> Self {
        let mut machine = Self {
            dir: tempfile::tempdir().unwrap(),
            engine: IdentityKey::generate().unwrap(),
            witness: Witness {
                key: IdentityKey::generate().unwrap(),
                signed: Mutex::new(None),
            },
            open: None,
            written: Vec::new(),
            acknowledged: 0,
            spent: 0,
            turn: 0,
        };
        machine.open = Some(machine.reopened().unwrap());
        machine.add(Event::Contract {
            digest: "both".into(),
            version: 1,
        });
        machine.open = None;
        machine
    }

    fn reopened(&self) -> Result<Ledger, LedgerError> {
        Ledger::open(self.dir.path(), "test", &|digest| self.signatories(digest))
    }

    fn signatories(&self, digest: &str) -> Option<Vec<(String, [u8; 32])>> {
        let both = || {
            vec![
                ("engine".into(), self.engine.public()),
                ("bank_a".into(), self.witness.key.public()),
            ]
        };
        (digest == "both").then(both)
    }

    fn ledger(&mut self) -> &mut Ledger {
        if self.open.is_none() {
            self.open = Some(self.reopened().unwrap());
        }
        self.open.as_mut().unwrap()
    }

    /// Appends with everybody's signature, or with the party's refused.
    fn try_add(
        &mut self,
        event: Event,
        refused: bool,
    ) -> Result<(u64, SignedCheckpoint), LedgerError> {
        self.ledger();
        let own = OwnSigner {
            name: "engine",
            key: &self.engine,
        };
        let party: &dyn Signer = if refused { &Refuser } else { &self.witness };
        let ledger = self.open.as_mut().unwrap();
        ledger.append("2026-01-01T00:00:00Z", event, &[&own, party])
    }

    fn add(&mut self, event: Event) {
        let (index, checkpoint) = self.try_add(event.clone(), false).unwrap();
        assert_eq!(index, self.written.len() as u64, "no index is given twice");
        self.written.push(event);
        self.acknowledged = self.written.len();
        assert_eq!(checkpoint.checkpoint.size, self.acknowledged as u64);
    }

    fn next(&mut self, state: bool) -> Event {
        self.turn += 1;
        if state {
            self.spent += 1;
            Event::State {
                head: format!("{}", self.turn),
                pieces: self.spent,
            }
        } else {
            question(&self.turn.to_string())
        }
    }

    pub(crate) fn append(&mut self, state: bool) {
        let event = self.next(state);
        self.add(event);
    }

    /// The witness does not sign: nobody is told, and of what is written there is at most one.
    pub(crate) fn refuse(&mut self) {
        let event = self.next(true);
        let pending = self.acknowledged < self.written.len();
        let refused = self.try_add(event.clone(), true);
        assert!(matches!(refused, Err(LedgerError::Refused(name, _)) if name == "bank_a"));
        if !pending {
            self.written.push(event);
        }
    }

    /// The machine stops while a line is written.
    pub(crate) fn tear(&mut self) {
        self.open = None;
        let mut file = OpenOptions::new()
            .append(true)
            .open(self.entries())
            .unwrap();
        file.write_all(br#"{"index":7,"time":"2026-01-01T00"#)
            .unwrap();
    }

    /// The machine stops between an entry and its checkpoint.
    pub(crate) fn crash(&mut self) {
        if self.acknowledged < self.written.len() {
            return self.restart();
        }
        let before = std::fs::read(self.checkpoint()).unwrap();
        let event = self.next(true);
        self.try_add(event.clone(), false).unwrap();
        self.open = None;
        std::fs::write(self.checkpoint(), before).unwrap();
        self.written.push(event);
    }

    pub(crate) fn restart(&mut self) {
        self.open = None;
        self.ledger();
    }

    /// Nobody else gets it meanwhile.
    pub(crate) fn race(&mut self) {
        self.ledger();
        assert!(matches!(self.reopened(), Err(LedgerError::Locked(_))));
    }

    /// Somebody takes the last acknowledged entry away, and whatever comes after it.
    pub(crate) fn take(&mut self) {
        let acknowledged = self.acknowledged;
        self.tampered(|lines| lines.truncate(acknowledged - 1));
    }

    /// Somebody puts two entries into another order.
    pub(crate) fn swap(&mut self) {
        if self.acknowledged > 1 {
            self.tampered(|lines| lines.swap(0, 1));
        }
    }

    fn tampered(&mut self, change: impl Fn(&mut Vec<String>)) {
        self.restart();
        self.open = None;
        let before = std::fs::read_to_string(self.entries()).unwrap();
        let mut lines: Vec<String> = before.split_inclusive('\n').map(str::to_owned).collect();
        change(&mut lines);
        std::fs::write(self.entries(), lines.concat()).unwrap();
        assert!(matches!(self.reopened(), Err(LedgerError::Tampered { .. })));
        std::fs::write(self.entries(), before).unwrap();
    }

    /// The ledger is as the model has it.
    pub(crate) fn check(&mut self) {
        let written = self.written.clone();
        let state = written.iter().rev().find_map(|event| match event {
            Event::State { head, pieces } => Some((head.clone(), *pieces)),
            _other => None,
        });
        let ledger = self.ledger();
        assert_eq!(ledger.size(), written.len() as u64);
        assert_eq!(ledger.state(), state.as_ref(), "what was spent stays spent");
        let root = ledger.root();
        let report = verify(self.dir.path(), &|digest| self.signatories(digest)).unwrap();
        let events: Vec<Event> = report
            .entries
            .into_iter()
            .map(|entry| entry.event)
            .collect();
        assert_eq!(events, written);
        assert_eq!(ledger::root(&report.leaves), root);
        assert_eq!(report.covered, self.acknowledged as u64);
    }

    /// Waits for its turn, appends, and lets go.
    pub(crate) fn insist(&self, name: &str) -> (u64, String) {
        let mut ledger = loop {
            match self.reopened() {
                Ok(ledger) => break ledger,
                Err(LedgerError::Locked(_)) => std::thread::yield_now(),
                Err(other) => unreachable!("{other}"),
            }
        };
        let own = OwnSigner {
            name: "engine",
            key: &self.engine,
        };
        let appended = ledger.append(
            "2026-01-01T00:00:00Z",
            question(name),
            &[&own, &self.witness],
        );
        (appended.unwrap().0, name.to_owned())
    }

    /// By entry, the question in it.
    pub(crate) fn questions(&self) -> Vec<Option<String>> {
        let report = verify(self.dir.path(), &|digest| self.signatories(digest)).unwrap();
        let named = report.entries.into_iter().map(|entry| match entry.event {
            Event::Admitted { question, .. } => Some(question),
            _other => None,
        });
        named.collect()
    }

    fn entries(&self) -> PathBuf {
        self.dir.path().join("entries.jsonl")
    }

    fn checkpoint(&self) -> PathBuf {
        self.dir.path().join("checkpoint")
    }
}

fn question(name: &str) -> Event {
    Event::Admitted {
        question: name.to_owned(),
        tables: vec!["bank_a.events".into()],
    }
}
