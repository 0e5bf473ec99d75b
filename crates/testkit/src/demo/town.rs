//! Writes accounts, pictures and rooms of the demo into an empty server.

use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{
    PASSWORD, compose,
    people::{self, ANNA, PEOPLE},
    script::{Act, Kind, Line, Script},
};
use crate::{
    Synapse,
    picture::Picture,
    seed::{Event, Room, Written},
    synapse::encode,
};

const HOUR: u64 = 60 * 60 * 1000;

/// Files that scripts name: address and `info`.
type Media = HashMap<String, (String, Value)>;

struct Town<'a> {
    server: &'a Synapse,
    /// Access tokens without devices, by the person's key.
    tokens: HashMap<&'static str, String>,
    media: Media,
    now: u64,
}

/// The rooms of the demo, in the order of their files.
pub(super) fn scripts() -> Vec<Script> {
    ROOMS.iter().map(|text| super::script::parse(text)).collect()
}

pub(super) async fn write(server: &Synapse) {
    let mut town = Town { server, tokens: HashMap::new(), media: HashMap::new(), now: now() };
    for token in join_all(PEOPLE.iter().map(|person| town.move_in(person))).await {
        town.tokens.insert(token.0, token.1);
    }
    town.upload_media().await;
    let mut scripts = scripts();
    // Sliding sync sorts by the order of arrival, not by the times in the events.
    scripts.sort_by_key(|script| script.last_time(town.now));
    let avatars = join_all(scripts.iter().map(|script| town.room_avatar(script))).await;
    // One after the other: their times of creation are set on the server's clock.
    let mut written = Vec::new();
    for (index, (script, avatar)) in scripts.iter().zip(avatars).enumerate() {
        let mut room = town.room(script, avatar);
        // Rooms of one person from the same instant would have the same id.
        room.ts = room.ts.map(|ts| ts + index as u64 * 1000);
        written.push(server.write_rooms(&[room]).await.remove(0));
    }
    town.sort_for_anna(&scripts, &written).await;
    town.fill_space(&scripts, &written).await;
}

impl Town<'_> {
    async fn move_in(&self, person: &'static people::Person) -> (&'static str, String) {
        self.server.register(person.localpart, PASSWORD, person.name).await;
        let path = format!("/_synapse/admin/v1/users/{}/login", encode(&person.id()));
        let answer = self.server.admin("POST", &path, Some(&json!({}))).await;
        let token = answer["access_token"].as_str().expect("a token for a person").to_owned();
        let avatar = self.upload(&token, "image/png", Picture::avatar(person.localpart).png).await;
        let path = format!("/_matrix/client/v3/profile/{}/avatar_url", encode(&person.id()));
        self.put(&token, &path, json!({ "avatar_url": avatar })).await;
        (person.key, token)
    }

    async fn upload_media(&mut self) {
        let picture = Picture::market_square();
        let info = json!({
            "mimetype": "image/png",
            "w": picture.width,
            "h": picture.height,
            "size": picture.png.len(),
        });
        let token = self.tokens["clara"].clone();
        let url = self.upload(&token, "image/png", picture.png).await;
        self.media.insert("lindenplatz.png".to_owned(), (url, info));
        let pdf = one_page("Stadt Lindenau - Lageplan Muehlenstrasse 14");
        let info = json!({ "mimetype": "application/pdf", "size": pdf.len() });
        let url = self.upload(&token, "application/pdf", pdf).await;
        self.media.insert("lageplan-muehlenstrasse-14.pdf".to_owned(), (url, info));
    }

    async fn room_avatar(&self, script: &Script) -> Option<String> {
        if script.kind == Kind::Direct {
            return None;
        }
        let token = &self.tokens[PEOPLE[1].key];
        Some(self.upload(token, "image/png", Picture::avatar(&script.name).png).await)
    }

    fn room(&self, script: &Script, avatar: Option<String>) -> Room {
        let member = |key: &str| people::find(key).id();
        let creator = member(&script.members[0]);
        let first = script.lines.first().map_or(self.now - 30 * 24 * HOUR, |line| {
            if script.encrypted { self.now - 20 * 24 * HOUR } else { line.time.before(self.now) }
        });
        let mut config = json!({ "preset": "private_chat", "initial_state": [] });
        if let Some(url) = avatar {
            add_state(&mut config, "m.room.avatar", json!({ "url": url }));
        }
        if script.encrypted {
            let content = json!({ "algorithm": "m.megolm.v1.aes-sha2" });
            add_state(&mut config, "m.room.encryption", content);
        }
        if let Some(alias) = &script.alias {
            config["preset"] = json!("public_chat");
            config["visibility"] = json!("public");
            config["room_alias_name"] = json!(alias);
        }
        match script.kind {
            Kind::Direct => {
                config["preset"] = json!("trusted_private_chat");
                config["is_direct"] = json!(true);
            }
            Kind::Channel => {
                config["power_level_content_override"] = json!({ "events_default": 50 });
            }
            Kind::Space => config["creation_content"] = json!({ "type": "m.space" }),
            Kind::Group | Kind::Invite => {}
        }
        if script.kind != Kind::Direct {
            config["name"] = json!(script.name);
        }
        if let Some(topic) = &script.topic {
            config["topic"] = json!(topic);
        }
        let mut members = Vec::new();
        let mut at = first - HOUR;
        for key in &script.members[1..] {
            let id = member(key);
            let mut invite = json!({ "membership": "invite" });
            if script.kind == Kind::Direct {
                invite["is_direct"] = json!(true);
            }
            at += 1000;
            members.push(Event::new(&creator, "m.room.member", invite).state(&id).at(at));
            if script.kind != Kind::Invite || id != ANNA.id() {
                at += 1000;
                members.push(Event::join(&id).at(at));
            }
        }
        let lines = if script.encrypted { Vec::new() } else { self.events(script, members.len()) };
        Room {
            creator,
            room_id: None,
            config,
            ts: Some(first - 2 * HOUR),
            known_events: Vec::new(),
            batches: [members, lines].into_iter().filter(|batch| !batch.is_empty()).collect(),
        }
    }

    fn events(&self, script: &Script, offset: usize) -> Vec<Event> {
        let mut labels = HashMap::new();
        let event = |(index, line): (usize, &Line)| {
            if let Some(label) = &line.label {
                labels.insert(label.clone(), format!("$ref:{}", offset + index));
            }
            let (kind, content) = compose::content(
                line,
                |label| labels.get(label).unwrap_or_else(|| panic!("no line {label}")).clone(),
                |name| self.media.get(name).unwrap_or_else(|| panic!("no file {name}")).clone(),
            );
            let sender = people::find(&line.who).id();
            let event = Event::new(&sender, kind, content).at(line.time.before(self.now));
            if matches!(line.act, Act::Pin(_)) { event.state("") } else { event }
        };
        script.lines.iter().enumerate().map(event).collect()
    }

    /// What belongs to Anna's account alone: read up to where, direct, favourite.
    async fn sort_for_anna(&self, scripts: &[Script], written: &[Written]) {
        let token = &self.tokens[ANNA.key];
        let own = format!("/_matrix/client/v3/user/{}", encode(&ANNA.id()));
        let mut direct: HashMap<String, Vec<&str>> = HashMap::new();
        for (script, room) in scripts.iter().zip(written) {
            let room_id = encode(&room.room_id);
            if script.kind == Kind::Direct {
                let key = script.members.iter().find(|key| *key != ANNA.key);
                let other = people::find(key.expect("a direct room has another member"));
                direct.entry(other.id()).or_default().push(&room.room_id);
                let path = format!(
                    "/_matrix/client/v3/user/{}/account_data/m.direct",
                    encode(&other.id())
                );
                let content = json!({ ANNA.id(): [room.room_id] });
                self.put(&self.tokens[other.key], &path, content).await;
            }
            if let Some(tag) = &script.tag {
                let path = format!("{own}/rooms/{room_id}/tags/m.{tag}");
                self.put(token, &path, json!({ "order": 0.5 })).await;
            }
            let read = room.events.len().saturating_sub(script.unread + 1);
            if let Some(event) = room.events.get(read).filter(|_| script.kind != Kind::Invite) {
                let path =
                    format!("/_matrix/client/v3/rooms/{room_id}/receipt/m.read/{}", encode(event));
                self.send("POST", token, &path, json!({})).await;
            }
            self.read_by_others(script, room).await;
        }
        self.put(token, &format!("{own}/account_data/m.direct"), json!(direct)).await;
    }

    /// The others have read what they wrote, and mostly more.
    async fn read_by_others(&self, script: &Script, room: &Written) {
        let Some(last) = room.events.last().filter(|_| !script.encrypted) else { return };
        let room_id = encode(&room.room_id);
        for key in script.members.iter().filter(|key| *key != ANNA.key).take(3) {
            let path =
                format!("/_matrix/client/v3/rooms/{room_id}/receipt/m.read/{}", encode(last));
            self.send("POST", &self.tokens[key.as_str()], &path, json!({})).await;
        }
    }

    async fn fill_space(&self, scripts: &[Script], written: &[Written]) {
        let rooms = || scripts.iter().zip(written);
        let space = rooms().find(|(script, _)| script.kind == Kind::Space);
        let (space, space_room) = space.expect("the demo has a space");
        let token = &self.tokens[space.members[0].as_str()];
        let space_id = encode(&space_room.room_id);
        for (script, room) in rooms() {
            if matches!(script.kind, Kind::Group | Kind::Channel) && script.tag.is_none() {
                let path = format!(
                    "/_matrix/client/v3/rooms/{space_id}/state/m.space.child/{}",
                    encode(&room.room_id)
                );
                self.put(token, &path, json!({ "via": [super::SERVER_NAME] })).await;
            }
        }
    }

    async fn upload(&self, token: &str, kind: &str, bytes: Vec<u8>) -> String {
        self.server.upload(token, kind, bytes).await
    }

    async fn put(&self, token: &str, path: &str, body: Value) {
        self.send("PUT", token, path, body).await;
    }

    async fn send(&self, method: &str, token: &str, path: &str, body: Value) {
        let answer = self.server.call(method, path, Some(token), Some(&body)).await;
        answer.unwrap_or_else(|error| panic!("{method} {path} for the demo: {error}"));
    }
}

fn add_state(config: &mut Value, kind: &str, content: Value) {
    let event = json!({ "type": kind, "state_key": "", "content": content });
    config["initial_state"].as_array_mut().expect("initial_state is a list").push(event);
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    u64::try_from(now.as_millis()).expect("a clock before the year 500 million")
}

/// A PDF with one line of text. Readers rebuild the table of objects that it leaves out.
fn one_page(text: &str) -> Vec<u8> {
    let drawing = format!("BT /F1 18 Tf 72 760 Td ({text}) Tj ET\n60 80 480 640 re S\n");
    format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
         2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R\
         /Resources<</Font<</F1 5 0 R>>>>>>endobj\n\
         4 0 obj<</Length {}>>stream\n{drawing}endstream endobj\n\
         5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n\
         trailer<</Root 1 0 R/Size 6>>\n%%EOF\n",
        drawing.len()
    )
    .into_bytes()
}

const ROOMS: &[&str] = &[
    include_str!("rooms/01-strassenfest.txt"),
    include_str!("rooms/02-bauamt.txt"),
    include_str!("rooms/03-muehlenstrasse.txt"),
    include_str!("rooms/04-haushalt.txt"),
    include_str!("rooms/05-dienstplan.txt"),
    include_str!("rooms/06-jumelage.txt"),
    include_str!("rooms/07-ankuendigungen.txt"),
    include_str!("rooms/08-kantine.txt"),
    include_str!("rooms/09-it-hilfe.txt"),
    include_str!("rooms/10-uferweg.txt"),
    include_str!("rooms/11-presse.txt"),
    include_str!("rooms/12-kita.txt"),
    include_str!("rooms/13-azubis.txt"),
    include_str!("rooms/14-hochwasser.txt"),
    include_str!("rooms/15-barrierefrei.txt"),
    include_str!("rooms/16-direkt-tobias.txt"),
    include_str!("rooms/17-direkt-sabine.txt"),
    include_str!("rooms/18-direkt-piotr.txt"),
    include_str!("rooms/19-direkt-camille.txt"),
    include_str!("rooms/20-direkt-lena.txt"),
    include_str!("rooms/21-stadt.txt"),
    include_str!("rooms/22-stadtblatt.txt"),
    include_str!("rooms/30-vertraulich-meral.txt"),
    include_str!("rooms/31-vertraulich-jens.txt"),
    include_str!("rooms/32-vertraulich-ute.txt"),
    include_str!("rooms/33-vertraulich-david.txt"),
    include_str!("rooms/40-personal.txt"),
    include_str!("rooms/41-leitung.txt"),
    include_str!("rooms/42-datenschutz.txt"),
    include_str!("rooms/43-sicherheit.txt"),
    include_str!("rooms/44-muehle-intern.txt"),
    include_str!("rooms/45-jumelage-equipe.txt"),
];
