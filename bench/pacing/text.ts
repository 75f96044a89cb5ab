/** What docs/pacing.md says around its table. */
export const TEXT_BEFORE = `# Pacing

Written by \`npm run pacing\`; change \`bench/pacing/text.ts\` rather than this file.

All calls to one API, of all items and all runs in one n8n process, go through one pacer
(\`http/pacing/\`). It decides when the next call may leave, the oldest one first:

- **A pause** that the API asks for (429, or 503, with \`Retry-After\`) holds every call. Where a call is
  refused again although it came when it was told to, other processes were faster: the next try comes at a random
  moment later.
- **A budget** in the headers (\`quota.ts\`; \`RateLimit\`, \`RateLimit-*\`, \`X-RateLimit-*\` in seconds, milliseconds, moments or
  durations) is spent and not overdrawn; then the pacer waits for the reset. An API may have several (\`quotas.ts\`).
  - In the first window at most our part of what is left is under way at a time, as in guided self-scheduling (Polychronopoulos and
    Kuck, 1987), less a call that each of the others may have under way. Our part is that of our own calls in what was used.
  - The calls that were accepted are our places: each comes again when it is a window's length ago. So processes that share a limit
    keep out of each other's way, and whoever began first does not take all. A refusal gives up one place.
  - What remained for one and a half windows, or 1.5 s, is nobody's. One call beyond our places asks at a random moment; when it is
    accepted, our part of the rest follows, and these are our places, too: once, since a bucket refills. After a refusal nobody asks
    before 80 calls were accepted.
  - Answers may overtake each other, and then seem to show that others use the rest. Whoever has used more than half of the budget asks
    for it in any case, 1.5 to 4 s later: a budget for a minute would lie unused for as long.
  - Who has no place asks at a random moment within 8 windows, or 8 s.
  - Of up to five calls in a window some processes may keep all, while others wait until their calls are given up. After a minute,
    therefore, who has no place asks more and more often, and in one window of ten a call comes up to a window late and leaves its
    place to whoever asks. A run that is alone cannot know it, and is slower by up to 5 % from then on.
- **A refusal that a spent budget explains** pauses until the reset, as our own calls tell it: \`Retry-After\` in whole seconds is up to
  one second late.
- **Seconds or milliseconds** (\`resetUnit.ts\`) are told apart by what either would mean: what falls faster than time
  passes is no seconds; what still stands when, in milliseconds, the reset is over is no milliseconds. Until one is shown it is
  milliseconds, which cost a request or two where they are wrong, and never a wait of hours.
- **Without a budget** (\`rate.ts\`) the pacer finds out how many calls fit into how long a window (\`foundWindow.ts\`), or
  how many at a time (\`callsAtOnce.ts\`), or how far apart (\`evenRate.ts\`).
  - Until the first refusal, what is under way is at most a sixth of what was accepted (a slow start, RFC
    5681 §3.1), so that the first limit met refuses few calls. Where no answer comes for 100 ms, another call leaves all the
    same: a run of a few items must not wait for each answer of a slow API.
  - The window that the first refusal ends began with the first call after a quarter of a second without any. What was called before counts only
    where it turns out to be so long.
  - What was under way then tells which kind of limit it is: too many at a time, and those under way are accepted; too many in a
    window, and they are refused, too. Slow calls are accepted in either case: it is taken for a number at a time, as many as were
    under way at most, until four refusals more than that explains, or more than one in 32 calls, show a window.
  - A number at a time is shared by additive increase and decrease: each refusal gives up one place, and one more is tried after 16
    rounds of calls, give or take a quarter, and after twice as many with each failure. Who has no place left tries again
    after about a call's time, which doubles. As many calls as there are places are nearly spread over a call's time: a gateway that lets calls through one
    by one accepts them so, and processes meet less often.
  - Who is refused with its first call, as long as was told, or again twice where nothing is told, knows no limit of any kind, and begins
    anew once it is accepted: others have used up the limit.
  - In a window one call at a time asks whether the API accepts again, 1, 2, 5, 10… s after the window's first call:
    lengths that windows in use have. Where the first refusal comes late, it asks a second after that instead of a second after the first call:
    the clock may have begun the window, or a call in the midst of the slow start. \`Retry-After\`, which has whole seconds and
    is rounded up, tells the length at once.
  - From then on a call leaves when the same place of the last window is a window's length ago. Whoever
    shares the limit keeps its place, too: a pattern that worked repeats itself, and a refusal gives up one place.
  - After 30 calls, and after twice as many with each failure, but at least once in a minute, a window goes on beyond the limit until a
    call is refused; \`Retry-After\` then tells its length anew. A window of a few calls is made shorter instead, and one whose length was not told every
    other time: who found it while others were faster, or was blocked for a while, believes it to be longer than it is.
    A refusal before the known limit takes it down to 70 % at most (RFC 9438 §4.6). Below one call in a window, four accepted calls take
    it up again; with one or two, a call comes late now and then, as with a budget.
  - Where a window of a second has three calls at most, a gateway may let calls through one by one, or a few at once (leaky bucket, GCRA):
    calls of three windows are sent 1.8 times as fast, evenly spread. If all are accepted, calls leave a gap apart from then on. It is halved until
    a call is refused, then approached by ever smaller steps. When it comes to no more than the window has, the window counts again.
- **A call that is refused for its own sake** (\`stubborn.ts\`): refused three times in a row, while others got through in between, it
  waits by itself, with a backoff of its own, and says nothing of the API.
- **The way there and back**, and the API's own time (\`travelTime.ts\`), are not paid with each window: a call that was answered has arrived
  by then, less the shortest time that an accepted one took. A refusal takes less and says nothing of that.
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

Each case runs three times with other random numbers; shown are the median and, in brackets, the worst of each figure.
The first figure is the time until the last call is accepted, over that of a client with the same connections and
mean latency that knows exactly when each call will be accepted. The second is the refused requests for each call that had to be
made.

## Figures

Targets: with a budget in the headers 1.10 × and 5 %; without one (\`Retry-After\` only, or nothing)
1.25 × and 10 %. Bold: missed by the median.
`;

export const TEXT_MINUTES = `## Limits per minute

What most APIs have: 60 and 600 calls per minute, in runs of two and a half minutes. In the second kind others, or an earlier run,
have used up the limit half a minute before the first call; the ideal time begins with that call.
`;

export const TEXT_AFTER_OTHERS = `## Calls before the first refusal

A workflow fetches a list and, four seconds later, sends a call for each of its records; or another workflow makes a call every 0.9 s when the
run begins. These calls are not measured, but must not mislead: the window does not begin with them. Where they have begun a window of
10 s, it ends sooner than the ideal client's, whose first call begins one.
`;

export const TEXT_OTHER_APIS = `## Other APIs

An API may tell of its budget with refusals only (Laravel, Rack::Attack): that is a pause, and says nothing of the calls between them, so
the limit is found out. It may have a limit for a second and one for a minute, and tell of the one that runs out first (Kong,
Envoy), or one for each endpoint (Okta): budgets are told apart by their limits. Its budget may be larger than what ten calls at once
use, and its calls may take longer than its window. One that says that nothing is left, and accepts calls nevertheless (Azure
DevOps delays them), is believed after its first refusal only.
`;

export const TEXT_USUAL_CALLS = `## Calls of 150 and 400 ms

Elsewhere on this page a call takes 2 ms and the way there and back, so that what is measured is the pacing. Calls usually take longer. Where
no header tells of the limit, slow calls hide which kind of limit it is: those under way are accepted in either case. And a
slow start lasts longer than the window, which then began with none of the calls that are known. Where a window begins by the clock, and \`Retry-After\`
is a whole second, each refusal costs a pause of one, also shortly before the window's end. If you know such a limit, set **Request
Limit**.
`;

export const TEXT_SMALL_BURSTS = `## Small bursts

Some gateways let calls through one by one, or a few at once: a token bucket that holds 1, 3 or 5 calls. It looks like a second with as many
calls as the bucket holds, until more are accepted that are evenly spread. With more than three that is not tried: processes that share a limit look the same, and would
take each other's places. \`Retry-After\` has whole seconds, so each refusal costs as many calls. If you know such a limit, set **Request Limit**, for
example 1 request per 0.1 seconds.
`;

export const TEXT_LONG_RUNS = `## Runs of ten minutes

What a short run does not show: a process that is left alone has to find its way back to the whole limit, and with as many
processes as calls in a window nobody must be kept out until its calls are given up after five minutes. "Lost" is what was given up: the
item fails, and the error says so.
`;

export const TEXT_AFTER = `## Where targets are missed, and why

Processes that share a limit do not talk to each other; each sees its own answers only.

- **2/s in windows of 1 s.** A run has about 90 calls, so that 5 % are four requests for all processes together. Of 4 processes
  that begin at once, two are refused in the first window whatever they do, and a process whose call was accepted cannot know how many
  others there are: for the sake of 1.10 × alone or with one other it must come again in the next window. So two processes keep all
  places until they end, and the other two ask for them. Asking in each window refuses 45 to 77 % of the calls, once in 8 s 18 to 29 %; more
  seldom, the places of who has ended stay empty for too long, beyond 1.10 ×.
  With 2 processes one call is refused at the start, and each question whether the other's place is still taken costs one more.
  - Patterns of several windows were measured, too. With ten places in 5 s, of which each process keeps two or three, 30 to 45 % are
    refused, at 1.15 to 1.4 ×: a window begins with its first call, so that the places of one move those of the next, and finding a
    free one costs refusals. With one place in each second or third window 10 to 20 % are refused, but half of the places
    stay unused; asking for these moves all others (20 to 35 %, 1.5 to 2.4 ×).
- **1/s, several processes.** As many processes as calls in a window, or more: one has the place, and the others ask. It leaves
  its place in one window of ten. Without that, 2 processes have up to 25 % of their calls given up, with it a few in a thousand. Without headers,
  one may still find no place for five minutes: of 2 in one run of 15, of 4 in one of 10.
  Who is refused then may take the window for a longer one, until a shorter one is tried.
- **Token bucket, 20/s, 4 processes.** A bucket refills while nobody calls: who comes first after that sees it fuller than it is left by the
  others, and takes what refills for its places. Such a place costs refusals until one is given up for it.
- **Sliding window, 20/s, 4 processes.** Nobody asks for the last three of 20 places: each of the others may have a call under way. And
  whoever asks first has more places at the end: the last process has few, sees the API as seldom, and finds late that it is alone.
- **10 s, 2/s, 4 processes.** Each has five places. Who needs a sixth in the last window asks for it; each question that comes before the
  others have used theirs is refused, and 5 % are four requests. By the clock, the first window is shorter than its length: moments
  in whole seconds tell of the length later.
- **10 s, 2/s, nothing told.** 10 % of 90 calls are nine. Four are refused to find a window of 10 s (0.2, 1, 2 and 5 s after
  its first call: asking more seldom would miss 1.25 × where windows last 1 or 2 s), and each process pays them. So one process has
  five left for what is under way at the first refusal, and two have none: 2 × 4 is 9 %, before any collision.
- **Nothing told, several processes.** Who finds the window used up does not know whether the limit
  is lower, the window longer, or another process faster. It becomes slower, and tries again after 30 calls.
- **4 at a time, 20/s and 200/s, several processes.** Nobody sees the others' calls under way. Parts are uneven at first, and become even by one
  call in 16 rounds; when one process ends, the other takes its places as slowly. Raising sooner was measured, too: each raise in vain is a
  refusal, of ours or of another's call.
- **4 at a time, \`Retry-After\`, several processes.** Each refusal pauses all calls of its process for a second or more, in which its places
  stay empty or are lost to others. At 200/s that is 25 times as long as a call.
- **4 at a time, 200/s, 4 processes.** Calls are as short as the way there and back. Who is refused with its first two or three calls finds
  what was under way refused, as in a window; it keeps to the few calls that it found until 30 of them were accepted. Trying for a number
  first costs each process a refusal more in windows, too: at 2/s, where 10 % are nine in all, it misses the target there.

The ideal client of a limit of calls at a time learns by the answer, as any client, that a call has ended: its time has the
round trip in it. One that knew beforehand how long each call takes could have the next one arrive at the very moment; that would be
faster by 1 % at 2/s, by 10 % at 20/s, and twice as fast at 200/s, where a call takes 20 ms, as long as the way there and back.
`;
