"""Pure words shared by every module: money, ids, time, states, holds, refusals, facts, pages. No I/O, no clock, no framework."""
