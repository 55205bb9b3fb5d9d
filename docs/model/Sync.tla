------------------------------- MODULE Sync -------------------------------
(***************************************************************************)
(* The protocol by which one item after another comes from Confluence into *)
(* Unique, and leaves it again.  README.md says what is abstracted.        *)
(* One live attempt a space (run) and at most one remnant of an earlier    *)
(* one (zom): a zombie, or a request that is still on its way although its *)
(* sender crashed, timed out or was superseded.                            *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets

CONSTANTS
  Items, Spaces, NoItem, MaxVer, Rounds,
  (* How often each change and each fault may happen. *)
  Edits, Labels, Hides, Moves, Trashes,
  Lags, Refusals, NoAnswers, Kills, TakeOvers, StoreLosses, Blocks,
  (* What nobody knows about the two systems: both answers are tried. *)
  KeepsServing,      \* registering over a finished content leaves the old text served
  HiddenIsNotFound,  \* a page the account may not see looks like one that is gone
  TrashIsNotFound,   \* Cloud: a trashed page is not found; Data Center: found as trashed
  SameSize,          \* an edit may leave size and metadata as they were
  DiffRuns,          \* the file diff is part of the run (it is at least once a day)
  (* Choices of the protocol.  The code makes all of them TRUE, and CleanUp = "never". *)
  SliceFence,        \* the fence tells two attempts of one slice apart, and is looked at before each request
  Announce,          \* the ledger says `removing` before a removal
  InDoubt,           \* an announced row that somebody else goes on with is done once more
  CleanUp,           \* of a failed registration: "run" = any that this run created,
                     \* "own" = only for a key nobody else may have touched, "never"
  ShiftedDiff,       \* without a ledger the diff is asked with times moved forward
  YoungWaits,        \* a new store waits until no request of a lost one can arrive
  AnsweredIsOver,    \* a failure that was answered leaves nobody's request on its way
  HoldsInDoubt,      \* nothing is removed while a registration may arrive
  NewKeepsAll,       \* the first run with a new ledger removes nothing
  ClearTombs         \* listed or found again: the tombstone goes

VARIABLES src, con, led, run, zom, left, frozen, quiet, young, known, good, any, wrong
vars == <<src, con, led, run, zom, left, frozen, quiet, young, known, good, any, wrong>>

Budget == [edit |-> Edits, label |-> Labels, hide |-> Hides, move |-> Moves, trash |-> Trashes,
           lag |-> Lags, fail |-> Refusals, lost |-> NoAnswers, kill |-> Kills, take |-> TakeOvers,
           store |-> StoreLosses, block |-> Blocks]
Keys   == Items \X Spaces
Remote == {"reg", "upl", "fin", "del", "cln"}     \* a request is on its way
Local  == {"led", "ldel", "lcln"}                 \* its answer is to be recorded

Idle   == [pc |-> "idle", i |-> NoItem, b |-> 0, el |-> FALSE, clean |-> FALSE,
           act |-> [i \in Items |-> "-"], new |-> [i \in Items |-> FALSE]]
Gone   == [pc |-> "none", i |-> NoItem, b |-> 0, el |-> FALSE, ok |-> FALSE]
Absent == [st |-> "absent", serve |-> 0, blob |-> 0, upd |-> 0]
NoRow  == [st |-> "absent", ver |-> 0, new |-> FALSE, doubt |-> FALSE, over |-> FALSE, tomb |-> "no"]

Init ==
  /\ src = [i \in Items |-> [loc |-> CHOOSE s \in Spaces : TRUE, lab |-> TRUE, ver |-> 1, rd |-> TRUE]]
  /\ con = [k \in Keys |-> Absent]   /\ led = [k \in Keys |-> NoRow]
  /\ run = [s \in Spaces |-> Idle]   /\ zom = [s \in Spaces |-> Gone]
  /\ left = Budget /\ frozen = FALSE /\ quiet = [s \in Spaces |-> 0] /\ young = FALSE
  /\ known = [s \in Spaces |-> FALSE]
  /\ good = [k \in Keys |-> FALSE]   /\ any = [i \in Items |-> FALSE] /\ wrong = {}

Eligible(i, s) == src[i].loc = s /\ src[i].lab          \* readable or not
Quiesced       == \A s \in Spaces : zom[s].pc = "none"  \* no old request can still arrive
Can(what)      == ~frozen /\ left[what] > 0
Spend(what)    == left' = [left EXCEPT ![what] = @ - 1]

-----------------------------------------------------------------------------
(* Confluence *)

Change(i, new) ==                      \* history for the invariants goes along
  /\ src' = [src EXCEPT ![i] = new]
  /\ good' = [k \in Keys |-> good[k] /\ (k[1] = i => new.lab /\ new.rd /\ new.loc = k[2])]
  /\ any'  = [any EXCEPT ![i] = @ /\ new.lab /\ new.rd /\ new.loc # "none"]
  /\ UNCHANGED <<con, led, run, zom, frozen, quiet, young, known, wrong>>

Source == \E i \in Items : LET p == src[i] IN
  \/ Can("edit")  /\ p.loc # "none" /\ p.ver < MaxVer /\ Change(i, [p EXCEPT !.ver = @ + 1]) /\ Spend("edit")
  \/ Can("label") /\ p.loc # "none" /\ Change(i, [p EXCEPT !.lab = ~@]) /\ Spend("label")
  \/ Can("hide")  /\ Change(i, [p EXCEPT !.rd = ~@]) /\ Spend("hide")
  \/ Can("move")  /\ \E s \in Spaces \ {p.loc} : Change(i, [p EXCEPT !.loc = s]) /\ Spend("move")
                     \* from "none": restored
  \/ Can("trash") /\ p.loc # "none" /\ Change(i, [p EXCEPT !.loc = "none"]) /\ Spend("trash")

Truth(s) == [i \in Items |-> IF Eligible(i, s) /\ src[i].rd THEN src[i].ver ELSE 0]
LookUp(i) ==
  LET p == src[i] IN
  IF p.loc = "none" THEN {IF TrashIsNotFound \/ ~p.rd THEN "missing" ELSE "other"}
  ELSE IF ~p.rd THEN {"unknown"} \cup (IF HiddenIsNotFound THEN {"missing"} ELSE {})
  ELSE {"found"}

-----------------------------------------------------------------------------
(* Unique: one content a key *)

Applied(what, c, b, ver) ==
  CASE what = "reg" -> [st |-> "reg", serve |-> IF KeepsServing THEN c.serve ELSE 0, blob |-> c.blob, upd |-> ver]
    [] what = "upl" -> IF c.st = "absent" THEN c ELSE [c EXCEPT !.blob = b]
    [] what = "fin" -> IF c.blob = 0 THEN [c EXCEPT !.st = "reg", !.upd = ver]   \* nothing to ingest
                       ELSE [st |-> "fin", serve |-> c.blob, blob |-> c.blob, upd |-> ver]
    [] OTHER        -> Absent

Effect(p, s) ==                        \* the request of p reaches the platform
  LET k == <<p.i, s>>
      c == Applied(p.pc, con[k], p.b, src[p.i].ver)
  IN /\ con'  = [con EXCEPT ![k] = c]
     /\ wrong' = wrong \cup (IF p.pc = "del" /\ p.el /\ Eligible(p.i, s) /\ con[k].st # "absent" THEN {"removal"} ELSE {})
                       \cup (IF p.pc = "cln" /\ con[k].serve > 0 THEN {"cleanup"} ELSE {})

Next(pc) == CASE pc = "reg" -> "upl" [] pc = "upl" -> "fin" [] pc = "fin" -> "led"
              [] pc = "del" -> "ldel" [] pc = "cln" -> "lcln"

-----------------------------------------------------------------------------
(* A run of one space *)

\* `over`: whoever announced it had an answer to each of its requests
Announced(r) == r.st \in {"registering", "removing"} /\ ~r.over
DoubtOf(r)   == InDoubt /\ (Announced(r) \/ (r.doubt /\ ~Quiesced))
Due(r)       == InDoubt /\ r.doubt /\ Quiesced     \* long enough ago: done once more
Later(r)     == /\ InDoubt /\ ~Quiesced             \* an old removal may still arrive
                /\ (r.st = "removing" /\ ~r.over) \/ (r.st \in {"absent", "removing"} /\ r.doubt)

Listings(s) ==                         \* with its price
  {<<Truth(s), TRUE, 0>>}
  \cup (IF Can("lag")
        THEN {<<[Truth(s) EXCEPT ![i] = 0], TRUE, 1>> : i \in Items}                       \* not there yet
          \cup {<<[Truth(s) EXCEPT ![i] = src[i].ver], TRUE, 1>> :
                   i \in {j \in Items : src[j].loc # "none" /\ src[j].rd}}                  \* lingers
          \cup {<<Truth(s), FALSE, 1>>}                                                     \* cut
        ELSE {})

Start(s) ==
  /\ run[s].pc = "idle"
  /\ frozen => Quiesced /\ quiet[s] < Rounds /\ \A t \in Spaces : quiet[s] <= quiet[t]
  /\ (YoungWaits /\ young) => Quiesced \* a new store waits before it walks
  /\ \E l \in Listings(s) :
     LET L == l[1]
         row(i)  == led[<<i, s>>]
         c(i)    == con[<<i, s>>]
         adopt(i) == /\ row(i).st = "absent" /\ L[i] > 0 /\ c(i).st = "fin" /\ c(i).upd >= L[i]
                     /\ SameSize \/ c(i).serve = L[i]
                     /\ ShiftedDiff => c(i).serve = c(i).upd   \* no edit shortly before the upsert
                     /\ ~Due(row(i))
         diff(i) == DiffRuns /\ (c(i).st = "absent" \/ c(i).upd < L[i])
         ingest(i) == /\ L[i] > 0 /\ ~adopt(i)
                      /\ row(i).st # "finalized" \/ row(i).ver # L[i] \/ diff(i) \/ Due(row(i))
         remove(i) == /\ L[i] = 0 /\ l[2]
                      /\ row(i).st # "absent" \/ Due(row(i)) \/ (DiffRuns /\ c(i).st # "absent")
     IN /\ left' = [left EXCEPT !.lag = @ - l[3]]
        /\ run' = [run EXCEPT ![s] = [Idle EXCEPT
              !.pc = "pick", !.clean = frozen,
              !.act = [i \in Items |-> IF ingest(i) THEN "in" ELSE IF remove(i) THEN "rm" ELSE "-"],
              !.new = [i \in Items |-> ingest(i) /\ c(i).st = "absent"]]]
        /\ led' = [k \in Keys |->
              IF k[2] # s THEN led[k] ELSE LET r == led[k] IN
              IF adopt(k[1]) THEN [NoRow EXCEPT !.st = "finalized", !.ver = L[k[1]], !.doubt = r.doubt]
              ELSE [r EXCEPT !.new = FALSE,
                             !.tomb = IF ClearTombs /\ L[k[1]] > 0 THEN "no" ELSE IF @ = "now" THEN "old" ELSE @]]
        /\ young' = FALSE
        /\ zom' = [zom EXCEPT ![s] = IF @.pc \in Local THEN Gone ELSE [@ EXCEPT !.ok = FALSE]]  \* the lease has a new owner
  /\ UNCHANGED <<src, con, frozen, quiet, known, good, any, wrong>>

Rest(r, i)  == [r EXCEPT !.pc = "pick", !.i = NoItem, !.b = 0, !.el = FALSE, !.act[i] = "-"]  \* done with i

Ingest(s) == \E i \in Items : run[s].pc = "pick" /\ run[s].act[i] = "in" /\
  LET k == <<i, s>> r == led[k] IN
  /\ IF src[i].rd /\ src[i].loc # "none" /\ ~Later(r)
     THEN \* the body is read, then the registration announced under the fence
       /\ run' = [run EXCEPT ![s].pc = "reg", ![s].i = i, ![s].b = src[i].ver]
       /\ led' = [led EXCEPT ![k] = [st |-> "registering", ver |-> 0, doubt |-> DoubtOf(r), tomb |-> "no",
                                     over |-> FALSE, new |-> run[s].new[i] \/ (r.st = "registering" /\ r.new)]]
     ELSE run' = [run EXCEPT ![s] = Rest(run[s], i)] /\ UNCHANGED led
  /\ UNCHANGED <<src, con, zom, left, frozen, quiet, young, known, good, any, wrong>>

Remove(s) == \E i \in Items : run[s].pc = "pick" /\ run[s].act[i] = "rm" /\ \E a \in LookUp(i) :
  LET k == <<i, s>>
      r == led[k]
      drop == \/ a = "other"
              \/ a = "found" /\ ~src[i].lab
              \/ a = "found" /\ src[i].lab /\ src[i].loc # s /\ led[<<i, src[i].loc>>].st = "finalized"
              \/ a = "missing" /\ r.tomb = "old"
      \* a registration that may still arrive would bring it back
      wait == HoldsInDoubt /\ ~Quiesced /\ r.st # "removing" /\ (r.doubt \/ Announced(r))
      unsure == NewKeepsAll /\ ~known[s]             \* a ledger that is new is no ground for removals
  IN
  /\ \/ /\ drop /\ ~wait /\ ~unsure                  \* the request leaves
        /\ run' = [run EXCEPT ![s].pc = "del", ![s].i = i, ![s].el = Eligible(i, s)]
        /\ led' = [led EXCEPT ![k] = IF Announce THEN [@ EXCEPT !.st = "removing", !.over = FALSE, !.doubt = DoubtOf(r)] ELSE @]
        /\ UNCHANGED left
     \/ /\ drop /\ (wait \/ unsure)
        /\ run' = [run EXCEPT ![s] = Rest(run[s], i)] /\ UNCHANGED <<led, left>>
     \/ /\ drop /\ Can("block") /\ Spend("block")    \* the guard holds it back
        /\ run' = [run EXCEPT ![s] = Rest(run[s], i)] /\ UNCHANGED led
     \/ /\ ~drop
        /\ run' = [run EXCEPT ![s] = Rest(run[s], i)]
        /\ led' = [led EXCEPT ![k].tomb = IF unsure THEN @ ELSE IF a = "missing" THEN (IF @ = "no" THEN "now" ELSE @)
                                          ELSE IF ClearTombs /\ a = "found" THEN "no" ELSE @]
        /\ UNCHANGED left
  /\ UNCHANGED <<src, con, zom, frozen, quiet, young, known, good, any, wrong>>

Do(s) == run[s].pc \in Remote          \* answered, and the next write's fence checked
  /\ Effect(run[s], s) /\ run' = [run EXCEPT ![s].pc = Next(@)]
  /\ UNCHANGED <<src, led, zom, left, frozen, quiet, young, known, good, any>>

Recorded(p, s) ==                      \* from here on a finalized content must stay
  LET k == <<p.i, s>>
      fine == p.pc = "led" /\ con[k].st = "fin" /\ src[p.i].lab /\ src[p.i].rd
  IN /\ led' = [led EXCEPT ![k] = IF p.pc = "led" THEN [@ EXCEPT !.st = "finalized", !.ver = p.b, !.new = FALSE]
                                  ELSE [NoRow EXCEPT !.doubt = led[k].doubt]]
     /\ good' = [good EXCEPT ![k] = @ \/ (fine /\ src[p.i].loc = s)]
     /\ any'  = [any EXCEPT ![p.i] = @ \/ (fine /\ src[p.i].loc # "none")]
Record(s) == run[s].pc \in Local
  /\ Recorded(run[s], s) /\ run' = [run EXCEPT ![s] = Rest(run[s], run[s].i)]
  /\ UNCHANGED <<src, con, zom, left, frozen, quiet, young, known, wrong>>

Close(s) == run[s].pc = "pick" /\ (\A i \in Items : run[s].act[i] = "-")
  /\ run' = [run EXCEPT ![s] = Idle]
  /\ quiet' = [quiet EXCEPT ![s] = @ + (IF run[s].clean THEN 1 ELSE 0)]
  /\ known' = [known EXCEPT ![s] = NewKeepsAll]
  /\ UNCHANGED <<src, con, led, zom, left, frozen, young, good, any, wrong>>

-----------------------------------------------------------------------------
(* What goes wrong *)

Dirty(r, s, answered) ==               \* is a clean-up sent after r failed?
  /\ r.pc \in {"upl", "fin"} /\ led[<<r.i, s>>].new
  /\ CleanUp = "run" \/ (CleanUp = "own" /\ answered /\ ~led[<<r.i, s>>].doubt)
Failing(s, answered) == LET r == run[s] IN
  IF Dirty(r, s, answered)
  THEN /\ run' = [run EXCEPT ![s].pc = "cln"]
       /\ led' = [led EXCEPT ![<<r.i, s>>].st = IF CleanUp = "own" THEN "removing" ELSE @]
  ELSE /\ run' = [run EXCEPT ![s] = Rest(r, r.i)]
       /\ led' = [led EXCEPT ![<<r.i, s>>].over = AnsweredIsOver /\ answered,
                             ![<<r.i, s>>].doubt = @ \/ (InDoubt /\ AnsweredIsOver /\ ~answered)]
Ghost(r, ok) == IF r.pc \in Remote \/ (ok /\ r.pc \in Local)
                THEN [pc |-> r.pc, i |-> r.i, b |-> r.b, el |-> r.el, ok |-> ok] ELSE Gone

Refused(s) == run[s].pc \in {"reg", "upl", "fin", "del"} /\ Can("fail") /\ Spend("fail")   \* a plain error
  /\ Failing(s, TRUE)
  /\ UNCHANGED <<src, con, zom, frozen, quiet, young, known, good, any, wrong>>

NoAnswer(s) == run[s].pc \in Remote /\ zom[s].pc = "none" /\ Can("lost") /\ Spend("lost")
  /\ zom' = [zom EXCEPT ![s] = Ghost(run[s], FALSE)]       \* applied now, later or never
  /\ Failing(s, FALSE)
  /\ UNCHANGED <<src, con, frozen, quiet, young, known, good, any, wrong>>

TakeOver(s) == run[s].pc # "idle"
  /\ \E again \in BOOLEAN :            \* a new attempt of the slice; or terminated, and a new run
       /\ \/ Can("kill") /\ Spend("kill") /\ UNCHANGED zom       \* the old one is dead, nothing on its way
          \/ /\ Can("take") /\ Spend("take") /\ zom[s].pc = "none"
             /\ zom' = [zom EXCEPT ![s] = Ghost(run[s], again /\ ~SliceFence)]
       /\ run' = [run EXCEPT ![s] = IF again THEN [@ EXCEPT !.pc = "pick", !.i = NoItem, !.b = 0, !.el = FALSE]
                                    ELSE Idle]
  /\ UNCHANGED <<src, con, led, frozen, quiet, young, known, good, any, wrong>>

StoreLoss == Can("store") /\ Spend("store") /\ Quiesced
  /\ led' = [k \in Keys |-> NoRow] /\ young' = TRUE /\ known' = [s \in Spaces |-> FALSE]
  /\ zom' = [s \in Spaces |-> Ghost(run[s], FALSE)] /\ run' = [s \in Spaces |-> Idle]
  /\ UNCHANGED <<src, con, frozen, quiet, good, any, wrong>>

ZombieActs(s) == LET z == zom[s] IN
  \/ /\ z.pc \in Remote /\ Effect(z, s)
     /\ zom' = [zom EXCEPT ![s] = IF z.ok THEN [z EXCEPT !.pc = Next(@)] ELSE Gone]
     /\ UNCHANGED <<src, led, run, left, frozen, quiet, young, known, good, any>>
  \/ /\ z.pc \in Local /\ Recorded(z, s) /\ zom' = [zom EXCEPT ![s] = Gone]
     /\ UNCHANGED <<src, con, run, left, frozen, quiet, young, known, wrong>>
  \/ /\ z.pc \in {"upl", "fin"} /\ z.ok /\ Dirty(z, s, TRUE) /\ Can("fail") /\ Spend("fail")
     /\ zom' = [zom EXCEPT ![s].pc = "cln"]
     /\ led' = [led EXCEPT ![<<z.i, s>>].st = IF CleanUp = "own" THEN "removing" ELSE @]
     /\ UNCHANGED <<src, con, run, frozen, quiet, young, known, good, any, wrong>>
ZombieDies(s) == zom[s].pc # "none" /\ zom' = [zom EXCEPT ![s] = Gone]
  /\ UNCHANGED <<src, con, led, run, left, frozen, quiet, young, known, good, any, wrong>>

Freeze == ~frozen /\ frozen' = TRUE
  /\ UNCHANGED <<src, con, led, run, zom, left, quiet, young, known, good, any, wrong>>

Worker(s) == Start(s) \/ Ingest(s) \/ Remove(s) \/ Do(s) \/ Record(s) \/ Close(s)
Step == \/ Source \/ StoreLoss \/ Freeze
        \/ \E s \in Spaces : \/ Worker(s) \/ ZombieActs(s) \/ ZombieDies(s)
                             \/ Refused(s) \/ NoAnswer(s) \/ TakeOver(s)
Spec == Init /\ [][Step]_vars
             /\ \A s \in Spaces : WF_vars(Worker(s)) /\ WF_vars(ZombieDies(s))

-----------------------------------------------------------------------------
(* Properties; README.md says them in words *)

InStep(i, s, ok(_)) ==
  LET c == con[<<i, s>>] IN
  IF src[i].loc = "none" THEN c.st = "absent"
  ELSE IF ~src[i].rd THEN TRUE         \* nobody can know
  ELSE IF Eligible(i, s) THEN c.serve = src[i].ver /\ ok(c)
  ELSE c.st = "absent"
Settled   == \A s \in Spaces : quiet[s] = Rounds
Text(c)   == TRUE
Done(c)   == c.st = "fin"
SameText  == Settled => \A k \in Keys : InStep(k[1], k[2], Text)
Converged == Settled => \A k \in Keys : InStep(k[1], k[2], Done)
NoWrongRemoval == "removal" \notin wrong
NoWrongCleanUp == "cleanup" \notin wrong
NeverGone      == \A k \in Keys : good[k] => con[k].st # "absent"
NeverDark      == \A k \in Keys : good[k] => con[k].serve > 0
NoGapInMove    == \A i \in Items : any[i] => \E s \in Spaces : con[<<i, s>>].st # "absent"
Live == <>[](\A k \in Keys : InStep(k[1], k[2], Done))
TypeOK == /\ \A k \in Keys : con[k].st \in {"absent", "reg", "fin"} /\ con[k].serve \in 0..MaxVer
          /\ \A s \in Spaces : run[s].pc \in Remote \cup Local \cup {"idle", "pick"}
=============================================================================
