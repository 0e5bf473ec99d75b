//! Whole journeys in the real window, against a real Synapse, with other people's devices.

#![recursion_limit = "256"]

mod accessibility;
mod faults;
mod journey;
mod keyboard;
mod security;
mod window;
mod world;
