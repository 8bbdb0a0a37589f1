SELECT number FROM rooms
