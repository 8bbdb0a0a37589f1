//! Where a row lies: the room's number and the id in one integer, so that a room's rows lie together and in order.

use parlor_rooms::EventId;

/// Bits of the id.
const ID_BITS: u32 = 36;
/// The highest id: 68 billion events and messages.
pub(crate) const ID_MAX: u64 = (1 << ID_BITS) - 1;
/// The highest number of a room: 134 million rooms.
pub(crate) const ROOM_MAX: i64 = (1 << (63 - ID_BITS)) - 1;

/// The place of `id` in the room with this number.
pub(crate) fn place(room: i64, id: EventId) -> i64 {
    (room << ID_BITS) | column(id)
}

/// The id at a place.
pub(crate) fn id(place: i64) -> EventId {
    EventId(place.cast_unsigned() & ID_MAX)
}

/// The number of the room at a place.
pub(crate) fn number(place: i64) -> i64 {
    place >> ID_BITS
}

/// An id as a column's value; what is beyond all ids is the highest one.
pub(crate) fn column(id: EventId) -> i64 {
    id.0.min(ID_MAX).cast_signed()
}

/// A column's value as an id.
pub(crate) fn event_id(column: i64) -> EventId {
    EventId(column.max(0).cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_room_and_the_last_id_fit() {
        assert_eq!(place(ROOM_MAX, EventId(ID_MAX)), i64::MAX);
        assert_eq!(id(place(ROOM_MAX, EventId(ID_MAX))), EventId(ID_MAX));
        assert!(place(1, EventId(ID_MAX)) < place(2, EventId(0)));
        assert_eq!(column(EventId(u64::MAX)), ID_MAX.cast_signed());
    }
}
