//! Opus packets in an Ogg file (RFC 7845).

use std::io::{Cursor, Error};

use ogg::{PacketWriteEndInfo, PacketWriter};

use crate::SAMPLE_RATE;

/// Names the stream within the file. There is only one.
const SERIAL: u32 = 1;
/// Packets on a page: one second. A page that lasts longer makes seeking coarse.
const PACKETS_A_PAGE: u64 = 50;
/// Read by nobody; that it is the same everywhere tells nothing about the sender's system.
const VENDOR: &[u8] = b"Herold";

pub(crate) struct OggFile {
    writer: PacketWriter<'static, Cursor<Vec<u8>>>,
    /// The newest packet waits: only the last one may close the stream.
    held: Option<(Vec<u8>, u64)>,
    packets: u64,
}

impl OggFile {
    /// `pre_skip`: samples at the beginning that a decoder throws away.
    pub(crate) fn new(pre_skip: u16) -> Result<Self, Error> {
        let mut writer = PacketWriter::new(Cursor::new(Vec::new()));
        writer.write_packet(head(pre_skip), SERIAL, PacketWriteEndInfo::EndPage, 0)?;
        writer.write_packet(tags(), SERIAL, PacketWriteEndInfo::EndPage, 0)?;
        Ok(Self { writer, held: None, packets: 0 })
    }

    /// `position`: samples up to the end of this packet, those that are thrown away included.
    pub(crate) fn push(&mut self, packet: Vec<u8>, position: u64) -> Result<(), Error> {
        if let Some((packet, position)) = self.held.replace((packet, position)) {
            self.packets += 1;
            let end = if self.packets.is_multiple_of(PACKETS_A_PAGE) {
                PacketWriteEndInfo::EndPage
            } else {
                PacketWriteEndInfo::NormalPacket
            };
            self.writer.write_packet(packet, SERIAL, end, position)?;
        }
        Ok(())
    }

    /// Bytes that are certain so far.
    pub(crate) fn len(&self) -> usize {
        self.writer.inner().get_ref().len()
    }

    /// `position`: samples up to the end of the sound; the last packet may go beyond it.
    pub(crate) fn finish(mut self, position: u64) -> Result<Vec<u8>, Error> {
        if let Some((packet, _)) = self.held.take() {
            self.writer.write_packet(packet, SERIAL, PacketWriteEndInfo::EndStream, position)?;
        }
        Ok(self.writer.into_inner().into_inner())
    }
}

/// RFC 7845, section 5.1.
fn head(pre_skip: u16) -> Vec<u8> {
    let mut head = b"OpusHead".to_vec();
    let (version, channels) = (1, 1);
    head.extend([version, channels]);
    head.extend(pre_skip.to_le_bytes());
    head.extend(SAMPLE_RATE.to_le_bytes());
    let (gain, mapping) = (0_i16, 0_u8);
    head.extend(gain.to_le_bytes());
    head.push(mapping);
    head
}

/// RFC 7845, section 5.2.
fn tags() -> Vec<u8> {
    let mut tags = b"OpusTags".to_vec();
    tags.extend((VENDOR.len() as u32).to_le_bytes());
    tags.extend(VENDOR);
    let comments = 0_u32;
    tags.extend(comments.to_le_bytes());
    tags
}
