// Two tabs of the panel: what belongs to the room, and what belongs to the person.

import './room-settings.js';
import './you.js';
