"""Starts processes for hpc4j and tells how they end. Python 3.8 or newer, on Linux.

Arguments: the grace in seconds; the folder for wait statuses, or an empty string; a folder of files
to remove at the end, or an empty string.
Standard input: frames, each a 32-bit length and fields joined by NUL. Standard output: lines.
  S id flags cgroup cpus dir stdin stdout stderr n tag*n m arg*m env*    starts a process
  T id                  asks its processes to end      K id              ends them
  R pid                 is ready
  P id pid              runs
  F id errno            could not be started
  E id status cpu more  its main process has ended: raw wait status, processor time in
                        microseconds, whether other processes of it still live
  G id                  those are gone too
Flags: d leaves what a job that ended by itself has left. Tags: variables that all its processes
inherit. At the end of input all jobs are ended; with a folder for statuses they go on, the file
"kept-PID" there lists them, and "helper-PID" is there until the last has ended.
"""
import errno
import os
import select
import signal
import struct
import sys
import time

SUBREAPER = 36
OUTPUT = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
IGNORED_BY_PYTHON = [signal.SIGPIPE, signal.SIGXFSZ]
RETRY_SECONDS = 5
LOOK_SECONDS = 0.02
LOOKS = 20  # at a process that calls exec just now, and so shows no environment

grace = float(sys.argv[1])
folder = sys.argv[2]
litter = sys.argv[3]
me = os.getpid()
cpus = os.sched_getaffinity(0)
jobs = {}  # id -> Job
mains = {}  # pid of a running main process -> Job
ending = {}  # id -> Job whose main process has ended while others live
again = {}  # id -> (fields, until): to be started again, for there was no room for a process
foreign = set()  # pids that are known not to descend from here
newest = 0  # our newest pid
gap = 0  # our first pid after the last one that was not ours
out = bytearray()


class Job:
    def __init__(self, id, pid, tags, flags):
        self.id = id
        self.pid = pid
        self.tags = tags
        self.leaves = b"d" in flags
        self.runs = True
        self.asked = False
        self.signal = signal.SIGTERM
        self.sent = set()
        self.kill_at = None
        self.looks = 0
        self.blurred = False


def become_reaper():
    """A subreaper becomes the parent of what a job leaves behind, so that nothing escapes."""
    try:
        import ctypes
        return ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0) == 0
    except Exception:
        return False


def tell(*words):
    out.extend(b" ".join(w if isinstance(w, bytes) else b"%d" % w for w in words) + b"\n")


def flush():
    try:
        while out:
            del out[: os.write(1, out)]
    except OSError:
        out.clear()  # nobody reads any more


# --- starting ------------------------------------------------------------------------------------


def start(fields, until):
    global newest, gap
    _, id, flags, cgroup, bound, directory, stdin, stdout, stderr, n = fields[:10]
    tags = fields[10 : 10 + int(n)]
    rest = fields[10 + int(n) :]
    args = rest[1 : 1 + int(rest[0])]
    env = dict(variable.split(b"=", 1) for variable in rest[1 + int(rest[0]) :])
    files = [
        (os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, stdout, OUTPUT, 0o666),
        (os.POSIX_SPAWN_OPEN, 2, stderr, OUTPUT, 0o666)
        if stderr
        else (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    try:
        os.chdir(directory)
        if cgroup:
            join(cgroup)
        if bound:
            os.sched_setaffinity(0, [int(cpu) for cpu in bound.split(b",")])
        pid = spawn(args, env, files)
    except OSError as e:
        if e.errno == errno.EAGAIN and time.monotonic() < until:
            again[id] = (fields, until)
        else:
            tell(b"F", id, e.errno)
        return
    finally:
        if bound:
            os.sched_setaffinity(0, cpus)
        if cgroup:
            join(os.path.join(os.path.dirname(cgroup), b"launcher"))
    gap = gap if pid == newest + 1 else pid
    newest = pid
    jobs[id] = mains[pid] = Job(id, pid, tags, flags)
    tell(b"P", id, pid)


def spawn(args, env, files):
    try:
        return spawn_program(args, env, files)
    except OSError as e:
        if e.errno == errno.ENOEXEC and is_text(args[0]):
            return spawn_program([b"/bin/sh"] + args, env, files)  # as shells do
        raise


def spawn_program(args, env, files):
    return os.posix_spawn(
        args[0], args, env, file_actions=files, setsid=True, setsigdef=IGNORED_BY_PYTHON
    )


def is_text(path):
    with open(path, "rb") as file:
        return b"\0" not in file.read(256)


def join(cgroup):
    with open(os.path.join(cgroup, b"cgroup.procs"), "wb") as procs:
        procs.write(b"%d" % me)


# --- who belongs to whom -------------------------------------------------------------------------


def was_alone(pid):
    """Whether the machine has made no process but ours since this one: then it has left nothing."""
    os.lseek(counter, 0, os.SEEK_SET)
    return int(os.read(counter, 128).split()[-1]) == newest and gap <= pid


def processes():
    """All that may descend from here: pid -> (parent, group, session, is a zombie)."""
    seen = {}
    present = {int(name) for name in os.listdir("/proc") if name.isdigit()}
    foreign.intersection_update(present)
    for pid in present - foreign:
        try:
            stat = read_file("/proc/%d/stat" % pid)
        except OSError:
            continue
        state, parent, group, session = stat[stat.rindex(b")") + 2 :].split(None, 4)[:4]
        seen[pid] = (int(parent), int(group), int(session), state == b"Z")
    seen.pop(me, None)
    if not reaps:
        return seen
    ours = {}
    for pid in seen:
        up = pid
        while up in seen:
            up = seen[up][0]
        # a parent that is not there any more proves nothing
        if up == 0 or up in foreign or (up == 1 and me != 1):
            foreign.add(pid)
        else:
            ours[pid] = seen[pid]
    return ours


def read_file(path):
    file = os.open(path, os.O_RDONLY)
    try:
        parts = []
        while True:
            part = os.read(file, 65536)
            if not part:
                return b"".join(parts)
            parts.append(part)
    finally:
        os.close(file)


def members(job, all):
    """The living processes of a job: its session and group, its tags, and their descendants."""
    children = {}
    for pid, (parent, _, _, _) in all.items():
        children.setdefault(parent, []).append(pid)
    others = set()
    for pid, other in mains.items():
        if other is not job:
            others.add(pid)
            others.update(below(pid, children))
    found = set()
    job.blurred = False
    for pid, (_, group, session, zombie) in all.items():
        if zombie or pid in others:
            continue
        if job.pid in (pid, group, session) or has_tags(pid, job):
            found.add(pid)
    for pid in list(found):
        found.update(p for p in below(pid, children) if not all[p][3])
    return found - others


def below(root, children):
    found = []
    todo = [root]
    while todo:
        more = children.get(todo.pop(), [])
        found += more
        todo += more
    return found


def has_tags(pid, job):
    try:
        environ = read_file("/proc/%d/environ" % pid)
    except OSError:
        return False
    if not environ:
        job.blurred = True
    variables = environ.split(b"\0")
    return bool(job.tags) and all(tag in variables for tag in job.tags)


# --- ending --------------------------------------------------------------------------------------


def ask(id, how):
    job = jobs.get(id)
    if job is not None:
        job.asked = True
        if job.signal != how:
            job.signal = how
            job.sent.clear()
        signal_members(job, processes())


def signal_members(job, all):
    """Signals those that have not been; returns whether any live."""
    found = members(job, all)
    new = found - job.sent
    if new == found:
        # all in one stroke, so that no shell goes on to its next command meanwhile
        new = {pid for pid in found if all.get(pid, (0, job.pid))[1] != job.pid}
        if new != found:
            send(-job.pid, job.signal)
    for pid in sorted(new):
        send(pid, job.signal)
    job.sent = found
    return bool(found)


def send(pid, how):
    try:
        os.kill(pid, how)
    except OSError:
        pass  # it is gone, or has become another user's


def reap():
    """Takes in what has ended; returns whether there is no child any more."""
    while True:
        try:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        if pid == 0:
            return False
        job = mains.pop(pid, None)
        if job is not None:
            main_ended(job, status, int(1e6 * (usage.ru_utime + usage.ru_stime)))


def main_ended(job, status, cpu):
    job.runs = False
    more = left_something(job)
    if folder:
        write_file(job.id, b"%d %d %d\n" % (status, cpu, time.time_ns()))
    tell(b"E", job.id, status, cpu, more)
    if more:
        job.kill_at = time.monotonic() + grace
        ending[job.id] = job
    else:
        del jobs[job.id]


def left_something(job):
    if not job.asked and (job.leaves or (group_is_empty(job.pid) and was_alone(job.pid))):
        return False
    return signal_members(job, processes()) or job.blurred


def group_is_empty(group):
    try:
        os.killpg(group, 0)
        return False
    except ProcessLookupError:
        return True
    except OSError:
        return False


def look_at_ending():
    all = processes()
    for job in list(ending.values()):
        if job.signal != signal.SIGKILL and time.monotonic() >= job.kill_at:
            job.signal = signal.SIGKILL
            job.sent.clear()
        if signal_members(job, all):
            continue
        job.looks += 1
        if job.blurred and job.looks < LOOKS:
            continue
        tell(b"G", job.id)
        del ending[job.id], jobs[job.id]


def write_file(name, text):
    path = os.path.join(os.fsencode(folder), name)
    with open(path + b".new", "wb") as file:
        file.write(text)
    os.rename(path + b".new", path)


def remove(path):
    try:
        os.unlink(path)
    except OSError:
        pass  # somebody else has


def clean_up():
    if folder:
        for name in ("kept-%d", "helper-%d"):
            remove(os.path.join(folder, name % me))
    if litter:
        try:
            for name in os.listdir(litter):
                remove(os.path.join(litter, name))
            os.rmdir(litter)
        except OSError:
            pass  # it was never made


def end_all():
    """Ends all jobs; as a reaper, also what hid its origin, unless something may be left."""
    leaves = any(job.leaves for job in jobs.values())
    while not reap():
        all = processes()
        rest = set()
        for job in jobs.values():
            if job.runs or not job.leaves:
                rest |= members(job, all)
        if reaps and not leaves:
            rest = {pid for pid in all if not all[pid][3]}
        if not rest and not mains:
            return
        for pid in rest:
            send(pid, signal.SIGKILL)
        time.sleep(LOOK_SECONDS / 4)


# --- the loop ------------------------------------------------------------------------------------


def handle(frame):
    fields = frame.split(b"\0")
    if fields[0] == b"S":
        start(fields, time.monotonic() + RETRY_SECONDS)
    elif fields[0] == b"T":
        ask(fields[1], signal.SIGTERM)
    elif fields[0] == b"K":
        ask(fields[1], signal.SIGKILL)


def run():
    buffer = bytearray()
    sources = [0, woken]
    while sources[0] == 0 or jobs or again:
        ready, _, _ = select.select(sources, [], [], LOOK_SECONDS if ending or again else None)
        if woken in ready:
            os.read(woken, 4096)
        if 0 in ready:
            part = os.read(0, 262144)
            buffer += part
            while len(buffer) >= 4:
                end = 4 + struct.unpack_from(">I", buffer)[0]
                if len(buffer) < end:
                    break
                handle(bytes(buffer[4:end]))
                del buffer[:end]
            if not part:
                if not folder:
                    return
                flush()
                sources = [woken]
                write_file(
                    b"kept-%d" % me,
                    b"".join(b"%s %d\n" % (job.id, job.pid) for job in jobs.values())
                    + b"".join(b"%s 0\n" % id for id in again),
                )
        for id, (fields, until) in list(again.items()):
            del again[id]
            start(fields, until)
        reap()
        if ending:
            look_at_ending()
        flush()


reaps = become_reaper()
try:
    os.setsid()
except OSError:
    pass  # it leads its session already
counter = os.open("/proc/loadavg", os.O_RDONLY)
woken, wake = os.pipe()
os.set_blocking(wake, False)
signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
# handlers and not SIG_IGN, which the children would inherit
for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, lambda *_: None)
if folder:
    write_file(b"helper-%d" % me, b"")
tell(b"R", me)
flush()
try:
    run()
finally:
    end_all()
    flush()
    clean_up()
