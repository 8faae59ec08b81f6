// A provider runs until it is told to stop, and leaves nothing behind.

/** Closes on SIGTERM and SIGINT, and on request when standard input ends: nobody who started it is left then. */
export function untilTold(close, untilStdinEnds) {
  const end = () => close().then(() => process.exit(0));
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  if (untilStdinEnds) process.stdin.once("end", end).resume();
}
