/** What docs/pacing.md says around its table. */
export const TEXT_BEFORE = `# Pacing

Written by \`npm run pacing\`; change \`bench/pacing/text.ts\` rather than this file.

All calls to one API, of all items and all runs in one n8n process, go through one pacer
(\`http/pacing/\`). It decides when the next call may leave, the oldest one first:

- **A pause** that the API asks for (429, or 503, with \`Retry-After\`) holds every call. Where a call is
  refused again although it came when it was told to, other processes were faster: the next try comes at a random
  moment later.
- **A budget** in the headers (\`quota.ts\`; \`RateLimit\`, \`RateLimit-*\`, \`X-RateLimit-*\` in seconds,
  milliseconds, moments or durations) is spent and not overdrawn; then the pacer waits for the reset. How fast
  \`remaining\` falls, compared with our own calls, tells which part of it is ours. At most that part of
  what is left is under way at a time, as in guided self-scheduling (Polychronopoulos and Kuck, 1987): processes share a
  window without talking to each other, and what one does not use the others find. Where our part is less
  than one call, it leaves at a random moment of what is left of the window.
- **Without a budget** (\`rate.ts\`) the pacer finds out how many calls fit into how long a window.
  - Until the first refusal, what is under way is at most a quarter of what was accepted (a slow start, RFC
    5681 §3.1), so that the first limit met refuses few calls.
  - Then one call at a time asks whether the API accepts again, 1, 2, 5, 10… s after the window's first call:
    lengths that windows in use have. \`Retry-After\`, which has whole seconds and is rounded up, tells the length at once.
  - From then on a call leaves when the same place of the last window is a window's length ago. Whoever
    shares the limit keeps its place, too: a pattern that worked repeats itself, and a refusal gives up one place.
  - Now and then a window tries more calls, one at a time: 5 % more, twice as many with each success, and after each
    failure only after twice as many windows. A refusal before the known limit takes it down to 70 % at most (RFC 9438 §4.6).
  - If refusals end as soon as fewer calls are under way, it is their number that is limited. It then
    grows by one after 16 rounds, and shrinks with a refusal.
- **Request Limit**, set by the user, is kept in any case. A request counts from its end, since when it
  arrived is not known: in no span does the API see more.

A refused call is late, not lost: it keeps its place in the queue, and costs no retry. It is given up
when it has been refused for longer than **Longest Pause** (5 minutes unless set otherwise), or at once
where the API asks for a longer pause than that. When nothing at all was accepted for so long, waiting calls
end with it.

## What is simulated

The real code, \`callApi\` with its pacer, in virtual time against simulated APIs, with fixed random numbers.
10 calls at a time in each process; 5 to 15 ms each way; POST requests, which must not be repeated once
they have been accepted. Fixed windows begin with the first call, as express-rate-limit has it; headers
have whole seconds, rounded up, except where milliseconds are named. At least 90 calls and about 25
seconds, ending in the middle of a window.

The first figure is the time until the last call is accepted, over that of a client with the same connections and
mean latency that knows exactly when each call will be accepted. The second is the refused requests for each call that had to be
made.

## Figures

Targets: with a budget in the headers 1.10 × and 5 %; without one (\`Retry-After\` only, or nothing)
1.25 × and 10 %. Bold: missed.
`;

export const TEXT_AFTER = `## Where targets are missed, and why

- **2/s, several processes.** A run has about 90 calls, so that 5 % are four requests for all processes together. With 4
  processes and a limit of 2 in a window, two of the first four calls are refused whatever anyone does;
  then each may send one call in two windows, and two more who do not know of each other meet again and again. Finding free
  places without talking costs more requests than that.
- **Windows of 1 s, several processes.** A refusal says \`Retry-After: 1\`, rounded up, and is obeyed:
  who was refused comes back in the middle of the next window, which others have used up by then. They lose
  no capacity, but one process may have to wait until another one is done.
- **10 s, 2/s, nothing told.** To find a window of 10 s takes four refusals, its first limit some more.
- **By the clock, a moment in whole seconds.** The first window is shorter than the others and looks like one of its own.
- **Nothing told, several processes.** One that finds the window used up does not know whether the limit
  is lower, the window longer, or another process faster. It becomes slower, and when the others are done it takes
  a while to find that the limit is its own again. The time is that of the slowest process.
- **A limit of calls at a time.** With \`Retry-After\` nothing distinguishes it from a window, and it is taken for
  one. Several processes cannot see each other's calls under way.
`;
