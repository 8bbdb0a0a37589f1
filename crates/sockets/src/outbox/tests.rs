//! The outbox against a transport that takes any number of bytes.

use std::io::{self, ErrorKind, IoSlice};

use proptest::prelude::*;

use super::*;

const LIMIT: usize = 3000;

/// Takes so many bytes, and blocks when it can take none.
#[derive(Default)]
struct Wire {
    room: usize,
    bytes: Vec<u8>,
}

impl Wire {
    fn write(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        if self.room == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        let before = self.bytes.len();
        for slice in slices {
            let now = slice.len().min(self.room);
            self.bytes.extend_from_slice(&slice[..now]);
            self.room -= now;
        }
        Ok(self.bytes.len() - before)
    }

    /// The frames that went over it; all of them have to be whole.
    fn frames(&self) -> Vec<(u8, Vec<u8>)> {
        let mut rest = &self.bytes[..];
        let mut frames = Vec::new();
        while !rest.is_empty() {
            let (skip, length) = match rest[1] {
                126 => (4, u16::from_be_bytes([rest[2], rest[3]]).into()),
                short => (2, usize::from(short)),
            };
            frames.push((rest[0], rest[skip..skip + length].to_vec()));
            rest = &rest[skip + length..];
        }
        frames
    }
}

#[derive(Debug, Clone)]
enum Step {
    Room(usize),
    Send(Vec<usize>),
    Flush,
    Ping,
    Pong,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => (0..2000_usize).prop_map(Step::Room),
        3 => prop::collection::vec(0..400_usize, 0..6).prop_map(Step::Send),
        1 => prop::collection::vec(0..20_usize, 60..200).prop_map(Step::Send),
        4 => Just(Step::Flush),
        1 => Just(Step::Ping),
        2 => Just(Step::Pong),
    ];
    prop::collection::vec(step, 0..100)
}

proptest! {
    #[test]
    fn whole_frames_in_order_whatever_happens(steps in steps(), abandon: bool) {
        let (mut outbox, mut wire) = (Outbox::new(LIMIT), Wire::default());
        let (mut taken, mut number, mut pongs, mut pings) = (Vec::new(), 0_u32, 0, 0);
        for step in steps {
            match step {
                Step::Room(room) => wire.room = room,
                Step::Send(lengths) => {
                    let payloads: Vec<Vec<u8>> = lengths.iter().map(|length| {
                        number += 1;
                        [&number.to_be_bytes()[..], &vec![b'x'; *length]].concat()
                    }).collect();
                    let frames: Vec<Frame> = payloads.iter().map(|payload| Frame::binary(payload)).collect();
                    let (before, empty) = (outbox.bytes(), outbox.is_empty());
                    let total: usize = frames.iter().map(Frame::len).sum();
                    let written = wire.bytes.len();
                    match outbox.send(&frames, |slices| wire.write(slices)) {
                        Sent::Overflow => {
                            prop_assert!(!empty && before + total > LIMIT);
                            prop_assert_eq!((outbox.bytes(), wire.bytes.len()), (before, written));
                        }
                        Sent::Closed => prop_assert!(false),
                        sent => {
                            prop_assert!(empty || before + total <= LIMIT);
                            prop_assert_eq!(outbox.bytes() + wire.bytes.len(), before + total + written);
                            prop_assert_eq!(sent == Sent::Queued, !outbox.is_empty());
                            taken.extend(payloads);
                        }
                    }
                }
                Step::Flush => { outbox.flush(|slices| wire.write(slices)); }
                Step::Ping => {
                    pings += usize::from(outbox.is_empty());
                    outbox.ping(Frame::ping(b"?"));
                }
                Step::Pong => {
                    pongs += 1;
                    outbox.pong(Bytes::from([&[0x8a, 100][..], &[pongs; 100]].concat()));
                }
            }
        }
        outbox.close(CloseCode::AWAY, Frame::close(CloseCode::AWAY, "").into_bytes(), abandon);
        wire.room = usize::MAX;
        while !outbox.is_empty() {
            outbox.flush(|slices| wire.write(slices));
        }
        prop_assert_eq!(outbox.bytes(), 0);
        let mut frames = wire.frames();
        prop_assert_eq!(frames.pop(), Some((0x88, 1001_u16.to_be_bytes().to_vec())));
        let of = |kind: u8| frames.iter().filter(|frame| frame.0 == kind).map(|frame| frame.1.clone()).collect::<Vec<_>>();
        let (data, answers) = (of(0x82), of(0x8a));
        prop_assert!(answers.is_sorted());
        prop_assert_eq!(&data[..], &taken[..data.len()]);
        if !abandon {
            prop_assert_eq!(data.len(), taken.len());
            prop_assert_eq!(of(0x89).len(), pings);
            let last = (pongs > 0).then(|| vec![pongs; 100]);
            prop_assert_eq!(answers.last(), last.as_ref());
        }
    }
}

#[test]
fn the_task_is_woken_once_for_all_that_waits_and_not_for_what_was_written() {
    let (mut outbox, mut wire) = (Outbox::new(LIMIT), Wire { room: 10, ..Wire::default() });
    let waker = Waker::noop();
    let frame = [Frame::text("1234")];
    outbox.register(waker);
    assert_eq!(outbox.send(&frame, |slices| wire.write(slices)), Sent::Written);
    assert!(outbox.take_alarm().is_none());
    assert_eq!(outbox.send(&frame, |slices| wire.write(slices)), Sent::Queued);
    assert!(outbox.take_alarm().is_some());
    outbox.register(waker);
    assert_eq!(outbox.send(&frame, |slices| wire.write(slices)), Sent::Queued);
    assert!(outbox.take_alarm().is_none());
    outbox.wake();
    assert!(outbox.take_alarm().is_some());
}

#[test]
fn a_transport_that_fails_or_takes_nothing_is_the_end() {
    for broken in [|| Ok(0), || Err(ErrorKind::BrokenPipe.into())] {
        let mut outbox = Outbox::new(LIMIT);
        assert_eq!(outbox.send(&[Frame::text("x")], |_| broken()), Sent::Closed);
        assert_eq!(outbox.state(), State::Dead(CloseCode::ABNORMAL));
        let mut outbox = Outbox::new(LIMIT);
        assert_eq!(outbox.send(&[Frame::text("x")], |_| Err(ErrorKind::WouldBlock.into())), Sent::Queued);
        assert_eq!(outbox.flush(|_| broken()), Flushed::Nothing);
        assert_eq!((outbox.state(), outbox.bytes()), (State::Dead(CloseCode::ABNORMAL), 0));
        assert_eq!(outbox.send(&[Frame::text("x")], |_| broken()), Sent::Closed);
    }
}
