//! A day at work: two people and a group of five write, change and delete, while the network of one
//! device fails again and again. In the evening everybody has the same.
//!
//! What is done, and what the network does, comes from a seed that is printed; `HEROLD_DAY_SEED` runs
//! that day again. What a message is done to is chosen among those its person sees at that moment.

mod comparison;
mod deeds;
mod script;

use std::{
    collections::{BTreeMap, HashMap},
    iter::once,
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use futures_util::future::join_all;
use herold_core::protocol::{ConnectionState, Membership, RoomRow, TimelineFocus, TimelineRow};
use herold_testkit::{Device, Fault, FaultProxy, shared_synapse};
use matrix_sdk::ruma::{OwnedEventId, OwnedRoomId, RoomId};
use rand::{SeedableRng, rngs::StdRng};

use self::{
    comparison::{
        Line, Truth, answer_lines, differences, in_order, is_complete, lines, on_server, report,
        settle, until, wrong_counts,
    },
    deeds::{Deed, KEYS, Record, choose, event, with_another_client, with_herold},
    script::{ELSEWHERE, EVERYBODY, LONG_CUT, Step, Talk, Weather, Who, script, weather},
};
use crate::support::{
    Conversation, PATIENCE, Person, View, has_arrived, messages, saying, texts, with_its_stack,
    words,
};

const SEED: u64 = 400;

/// A device with Herold and its open conversations.
struct Desk {
    name: &'static str,
    person: Person,
    views: BTreeMap<Talk, View<TimelineRow>>,
}

impl Desk {
    fn new(name: &'static str, person: Person) -> Self {
        Self { name, person, views: BTreeMap::new() }
    }

    async fn open(&mut self, talk: Talk, room: &RoomId) {
        let view = self.person.timeline(room).await;
        self.views.insert(talk, view);
    }
}

struct Day {
    proxy: FaultProxy,
    rooms: BTreeMap<Talk, OwnedRoomId>,
    user_ids: HashMap<Who, String>,
    /// Anna's, behind the bad network.
    first: Desk,
    /// Anna's too. She only reads here.
    second: Desk,
    ben: Desk,
    /// Ben's other client. It only reads until the evening.
    phone: Device,
    others: HashMap<Who, Device>,
    record: Record,
    refused: AtomicUsize,
}

impl Day {
    async fn begin() -> Self {
        let server = shared_synapse().await;
        let proxy = FaultProxy::before(&server.url()).await;
        let mut users = HashMap::new();
        for who in EVERYBODY {
            users.insert(who, server.user(&format!("{who:?}")).await);
        }
        let (anna, ben) = (&users[&Who::Anna], &users[&Who::Ben]);
        // All devices are there before the first word is said: none lacks a key.
        let mut first = Desk::new("Anna's first device", Person::sign_in(&proxy.url(), anna).await);
        let mut second =
            Desk::new("Anna's second device", Person::sign_in(&server.url(), anna).await);
        let phone = Device::sign_in(&server.url(), ben).await;
        let mut ben = Desk::new("Ben's device", Person::sign_in(&server.url(), ben).await);
        let mut others = HashMap::new();
        for who in ELSEWHERE {
            others.insert(who, Device::sign_in(&server.url(), &users[&who]).await);
        }

        let direct = phone.create_direct(&anna.id).await;
        let invited = [Who::Anna, Who::David, Who::Emil, Who::Fatma];
        let invited = invited.map(|who| users[&who].id.as_str());
        let group = others[&Who::Clara].create_room("Gruppe", true, &invited).await;
        let rooms = BTreeMap::from([(Talk::Direct, direct), (Talk::Group, group)]);
        for (talk, room) in &rooms {
            first.person.accept(room).await;
            let mut desks = vec![&mut first, &mut second];
            if *talk == Talk::Direct {
                desks.push(&mut ben);
            }
            for desk in desks {
                let is_joined = |row: &RoomRow| row.membership == Membership::Joined;
                desk.person.room(room, "the room joined", is_joined).await;
                desk.open(*talk, room).await;
            }
        }
        let group = &rooms[&Talk::Group];
        for who in [Who::David, Who::Emil, Who::Fatma] {
            others[&who].wait_for_invite(group).await;
            others[&who].join(group).await;
        }
        for device in others.values() {
            device.wait_for_members(group, 5).await;
        }
        phone.wait_for_members(&rooms[&Talk::Direct], 2).await;
        let user_ids = users.into_iter().map(|(who, user)| (who, user.id)).collect();
        Self {
            proxy,
            rooms,
            user_ids,
            first,
            second,
            ben,
            phone,
            others,
            record: Record::default(),
            refused: AtomicUsize::new(0),
        }
    }

    fn desks(&mut self) -> [&mut Desk; 3] {
        [&mut self.first, &mut self.second, &mut self.ben]
    }

    /// A client that is not Herold, to ask the server what is in a conversation.
    fn elsewhere(&self, talk: Talk) -> &Device {
        match talk {
            Talk::Direct => &self.phone,
            Talk::Group => &self.others[&Who::Clara],
        }
    }

    /// Everybody says a word, and everybody can read it.
    async fn morning(&mut self) {
        self.say_everywhere("Guten Morgen").await;
        for (who, device) in &self.others {
            device.send(&self.rooms[&Talk::Group], &format!("Guten Morgen von {who:?}")).await;
        }
        for desk in self.desks() {
            for (talk, view) in &mut desk.views {
                let people = if *talk == Talk::Direct { 2 } else { 5 };
                until(view, "a word of everybody", |rows| texts(rows).len() == people).await;
            }
        }
        // How large files may be is asked for once; without a network it is known then.
        for desk in [&self.first, &self.ben] {
            let session = desk.person.session();
            let staged = session.stage_bytes("x.txt", "text/plain", b"x".to_vec()).await.unwrap();
            session.discard_staged(&[staged.id]);
        }
    }

    /// Those who send with Herold do, in each of their conversations.
    async fn say_everywhere(&self, greeting: &str) {
        for desk in [&self.first, &self.ben] {
            for talk in desk.views.keys() {
                desk.person.send(&self.rooms[talk], &words_of(greeting, desk, *talk)).await;
            }
        }
    }

    async fn turn(&self, weather: &Weather) {
        match weather.clone() {
            Weather::Everything(fault) => self.proxy.set(fault).await,
            Weather::Requests(part, fault) => self.proxy.set_for(part, fault).await,
            Weather::Next(part, times, fault) => self.proxy.set_times(part, times, fault).await,
        }
    }

    async fn clear_up(&self, weather: &Weather) {
        self.proxy.clear().await;
        if matches!(weather, Weather::Everything(Fault::HalfOpen)) {
            // Requests would hang until their time is up; with another address they fail at once.
            self.proxy.cut_connections();
        }
        self.first.person.session().retry_connection();
        self.first.person.online().await;
    }

    async fn round(&mut self, steps: &[Step]) {
        let views = self.desks().into_iter().flat_map(|desk| desk.views.values_mut());
        join_all(views.map(|view| view.catch_up())).await;
        let deeds: Vec<Deed> = steps.iter().map(|step| self.deed(step)).collect();
        let doing = steps.iter().zip(&deeds).map(|(step, deed)| Box::pin(self.perform(step, deed)));
        let done = join_all(doing).await;
        for ((step, deed), event) in steps.iter().zip(deeds).zip(done) {
            self.record.note(step, deed, event);
        }
    }

    fn deed(&self, step: &Step) -> Deed {
        let desk = match step.who {
            Who::Anna => &self.first,
            Who::Ben => &self.ben,
            // The others see what a device sees whose network is well.
            _ => &self.second,
        };
        choose(step, desk.views[&step.talk].rows(), &self.user_ids, &self.record)
    }

    /// The event, where another client made one that is needed later.
    async fn perform(&self, step: &Step, deed: &Deed) -> Option<OwnedEventId> {
        let room = &self.rooms[&step.talk];
        let person = match step.who {
            Who::Anna => &self.first.person,
            Who::Ben => &self.ben.person,
            who => return with_another_client(&self.others[&who], room, deed).await,
        };
        let request = format!("step {}", step.number);
        let doing = with_herold(person, room, &request, deed);
        // A reaction is taken back with a request of its own, which is repeated three times where nothing answers.
        match tokio::time::timeout(PATIENCE * 3, doing).await {
            Ok(Ok(())) => {}
            // The message may have vanished from the screen in the meantime.
            Ok(Err(error)) => {
                println!("refused in {step:?}: {deed:?}: {error:?}");
                self.refused.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => panic!("{step:?} does not end: {deed:?}"),
        }
        None
    }

    /// Everything has left and everything has arrived.
    async fn evening(&mut self) {
        self.say_everywhere("Feierabend").await;
        let mut last: BTreeMap<Talk, Vec<String>> = BTreeMap::new();
        for desk in [&self.first, &self.ben] {
            for talk in desk.views.keys() {
                last.entry(*talk).or_default().push(words_of("Feierabend", desk, *talk));
            }
        }
        for desk in self.desks() {
            for (talk, view) in &mut desk.views {
                // A file is sent as several requests, of which the later ones get in line again.
                until(view, "everything sent", |rows| {
                    last[talk].iter().all(|text| saying(rows, text).is_some())
                        && messages(rows).all(|(_, message)| has_arrived(message))
                })
                .await;
                view.load_all().await.expect("loading older messages");
            }
        }
        // The SDK counts the answers of a thread when one arrives, from those it has by then (0.19.1).
        // Those of a gap that was filled later are counted with the next.
        for (talk, root) in &self.record.roots {
            let device = self.elsewhere(*talk);
            device.reply_in_thread(&self.rooms[talk], &event(root), "Schlusswort").await;
        }
        for (talk, room) in &self.rooms {
            self.elsewhere(*talk).send(room, "Gute Nacht").await;
        }
        for desk in self.desks() {
            for view in desk.views.values_mut() {
                until(view, "the last word", |rows| saying(rows, "Gute Nacht").is_some()).await;
            }
        }
    }

    /// Compares every device with the server and with Anna's second one; says what all should show.
    async fn compare(&mut self, problems: &mut Vec<String>) -> BTreeMap<Talk, Vec<Line>> {
        let mut wanted = BTreeMap::new();
        for (talk, room) in self.rooms.clone() {
            let truth = on_server(self.elsewhere(talk), &room).await;
            let view = self.second.views.get_mut(&talk).expect("Anna is in both");
            settle(view, |rows| is_complete(rows, &truth.rows)).await;
            problems.extend(wrong_counts(view.rows(), &truth));
            let lines_wanted = in_order(&truth.rows, &lines(view.rows()));
            for desk in self.desks() {
                let Some(view) = desk.views.get_mut(&talk) else { continue };
                settle(view, |rows| differences(&lines_wanted, &lines(rows)).is_empty()).await;
                let found = differences(&lines_wanted, &lines(view.rows()));
                report(problems, &format!("{talk:?} on {}", desk.name), found);
            }
            self.compare_thread(talk, &truth, problems).await;
            wanted.insert(talk, lines_wanted);
        }
        wanted
    }

    /// The longest thread of a conversation, as every device shows it.
    async fn compare_thread(&self, talk: Talk, truth: &Truth, problems: &mut Vec<String>) {
        let longest = truth.answers.iter().max_by_key(|(_, answers)| answers.len());
        let Some((root, answers)) = longest else { return };
        let ids: Vec<String> = once(root).chain(answers).cloned().collect();
        let mut wanted = Vec::new();
        for desk in [&self.second, &self.first, &self.ben] {
            if !desk.views.contains_key(&talk) {
                continue;
            }
            let focus = TimelineFocus::Thread { root_id: root.clone() };
            let mut view = desk.person.focused(&self.rooms[&talk], focus).await;
            settle(&mut view, |rows| is_complete(rows, &ids)).await;
            let shown = answer_lines(view.rows(), root);
            if wanted.is_empty() {
                wanted = in_order(&ids, &shown);
            }
            let what = format!("the thread {root} in {talk:?} on {}", desk.name);
            report(problems, &what, differences(&wanted, &shown));
        }
    }

    /// Anna's first device starts again without network and shows what its store has.
    async fn compare_store(
        &mut self,
        wanted: &BTreeMap<Talk, Vec<Line>>,
        problems: &mut Vec<String>,
    ) {
        self.first.views.clear();
        self.first.person.restart_without_network().await;
        self.proxy.set(Fault::Cut).await;
        for (talk, room) in &self.rooms {
            self.first.open(*talk, room).await;
        }
        for (talk, view) in &mut self.first.views {
            let wanted = &wanted[talk];
            settle(view, |rows| differences(wanted, &lines(rows)).is_empty()).await;
            let found = differences(wanted, &lines(view.rows()));
            report(problems, &format!("{talk:?} in the store of {}", self.first.name), found);
        }
    }
}

/// A greeting that is said once only.
fn words_of(greeting: &str, desk: &Desk, talk: Talk) -> String {
    format!("{greeting} von {} ({talk:?})", desk.name)
}

#[test]
#[ignore = "takes four minutes beside the other tests"]
fn a_day_on_a_bad_network_ends_with_the_same_timeline_on_every_device_and_in_the_store() {
    // Four people at once nest deeper than the stack of a test's thread, without optimisation.
    with_its_stack(a_day);
}

async fn a_day() {
    // For `HEROLD_LOG`; captured unless the test fails.
    herold_core::log::init();
    let seed = std::env::var("HEROLD_DAY_SEED")
        .map_or(SEED, |seed| seed.parse().expect("HEROLD_DAY_SEED is a number"));
    println!("HEROLD_DAY_SEED={seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let rounds = script(&mut rng);
    let spells = weather(&mut rng);
    let missed = rounds[LONG_CUT].iter().flatten();
    let missed = missed.filter(|step| step.talk == Talk::Group && step.who != Who::Anna).count();
    assert!(missed >= 40, "a sync would bring most of {missed} events");

    let begun = Instant::now();
    let mut day = Day::begin().await;
    day.morning().await;
    println!("the day begins after {:?}", begun.elapsed());
    for (number, steps) in rounds.iter().enumerate() {
        for (during, weather) in &spells {
            if during.end == number {
                day.clear_up(weather).await;
            }
            if during.start == number {
                println!("round {number} after {:?}: {weather:?}", begun.elapsed());
                day.turn(weather).await;
            }
        }
        day.round(steps).await;
    }
    println!("the evening begins after {:?}", begun.elapsed());
    day.evening().await;
    let mut problems = Vec::new();
    let wanted = day.compare(&mut problems).await;
    day.compare_store(&wanted, &mut problems).await;
    println!("the day ends after {:?}", begun.elapsed());
    let refused = day.refused.load(Ordering::Relaxed);
    if refused > 20 {
        problems.push(format!("{refused} steps were refused"));
    }
    assert!(problems.is_empty(), "HEROLD_DAY_SEED={seed}\n{}", problems.join("\n"));
}

/// The texts of messages that wait to be sent.
fn waiting(rows: &[TimelineRow]) -> Vec<String> {
    messages(rows).filter(|(_, row)| !has_arrived(row)).map(|(_, row)| words(row)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gap_while_messages_wait_shows_everything_once() {
    let talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    // Reactions are events without a row of their own.
    let first = talk.ben.send(&talk.room, "Anfang").await;
    for key in KEYS {
        talk.ben.react(&talk.room, &first, key).await;
    }
    let reactions = |rows: &[TimelineRow]| {
        saying(rows, "Anfang").map_or(0, |(_, message)| message.reactions.len())
    };
    until(&mut timeline, "four reactions", |rows| reactions(rows) == KEYS.len()).await;

    talk.proxy.set_for("/send/", Fault::Cut).await;
    let own = ["Wartet 1", "Wartet 2", "Wartet 3"];
    for text in own {
        talk.anna.send(&talk.room, text).await;
    }
    until(&mut timeline, "three messages that wait", |rows| waiting(rows) == own).await;

    // A request that is under way would bring the first of what follows.
    talk.proxy.set_for("/sync", Fault::Cut).await;
    talk.proxy.cut_connections();
    talk.anna.connection("offline", |state| matches!(state, ConnectionState::Offline { .. })).await;
    for number in 0..60 {
        talk.ben.send(&talk.room, &format!("Nummer {number}")).await;
    }
    talk.proxy.set_for("/sync", Fault::Pass).await;
    talk.anna.session().retry_connection();
    talk.anna.online().await;
    until(&mut timeline, "the latest, and what still waits", |rows| {
        saying(rows, "Nummer 59").is_some() && waiting(rows) == own
    })
    .await;

    talk.proxy.set_for("/send/", Fault::Pass).await;
    let as_line = |text: String| Line { id: text, text: String::new() };
    let arrived = talk.ben_reads("Wartet 3").await;
    let wanted: Vec<Line> = arrived.into_iter().map(|(_, text)| as_line(text)).collect();
    assert_eq!(wanted.len(), 64);
    let found = |rows: &[TimelineRow]| {
        let shown: Vec<Line> = texts(rows).into_iter().map(as_line).collect();
        differences(&wanted, &shown)
    };
    settle(&mut timeline, |rows| found(rows).is_empty() && waiting(rows).is_empty()).await;
    let found = found(timeline.rows());
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(waiting(timeline.rows()).is_empty(), "{:?}", waiting(timeline.rows()));
    assert_eq!(reactions(timeline.rows()), KEYS.len());
}
