//! Who lives in the demo.

use crate::{User, demo::PASSWORD};

pub(super) struct Person {
    /// The first name: how the scripts name this person.
    pub(super) key: &'static str,
    pub(super) localpart: &'static str,
    pub(super) name: &'static str,
}

/// The account the demo signs in with.
pub(super) const ANNA: &Person = &PEOPLE[0];

pub(super) const PEOPLE: [Person; 14] = [
    // Bauamt
    person("anna", "anna.berger", "Anna Berger"),
    person("tobias", "tobias.kern", "Tobias Kern (Bauamt)"),
    person("meral", "meral.yilmaz", "Meral Yılmaz (Stadtplanung)"),
    person("jens", "jens.hoffmann", "Jens Hoffmann (Bauaufsicht)"),
    // Bürgerservice
    person("sabine", "sabine.wolters", "Sabine Wolters (Bürgerservice)"),
    person("kofi", "kofi.mensah", "Kofi Mensah (Bürgerservice)"),
    person("lena", "lena.brandt", "Lena Brandt (Ausbildung)"),
    // Kämmerei
    person("ute", "ute.falkner", "Dr. Ute Falkner (Kämmerei)"),
    person("piotr", "piotr.nowak", "Piotr Nowak (Haushalt)"),
    person("ines", "ines.schubert", "Ines Schubert (Vergabestelle)"),
    // Across the departments
    person("david", "david.stern", "David Stern (IT-Service)"),
    person("clara", "clara.vogt", "Clara Vogt (Pressestelle)"),
    person("marlene", "marlene.achterberg", "Marlene Achterberg (Bürgermeisterin)"),
    // The French twin town
    person("camille", "camille.moreau", "Camille Moreau (Saint-Aubin-sur-Loire)"),
];

const fn person(key: &'static str, localpart: &'static str, name: &'static str) -> Person {
    Person { key, localpart, name }
}

/// The person a script means. Panics on a name that is not in [`PEOPLE`].
pub(super) fn find(key: &str) -> &'static Person {
    PEOPLE
        .iter()
        .find(|person| person.key == key)
        .unwrap_or_else(|| panic!("nobody in the demo is called {key}"))
}

impl Person {
    pub(super) fn id(&self) -> String {
        format!("@{}:{}", self.localpart, super::SERVER_NAME)
    }

    pub(super) fn user(&self) -> User {
        User {
            id: self.id(),
            localpart: self.localpart.to_owned(),
            password: PASSWORD.to_owned(),
            display_name: self.name.to_owned(),
        }
    }

    /// The name without the department.
    pub(super) fn short_name(&self) -> &'static str {
        self.name.split(" (").next().unwrap_or(self.name)
    }
}
