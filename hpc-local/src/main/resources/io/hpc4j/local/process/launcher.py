"""Starts processes for hpc4j and tells how they end. Python 3.8 or newer, on Linux.

Arguments: the grace in seconds; the folder for wait statuses, or an empty string; a folder of files
to remove at the end, or an empty string; "cgroups", or an empty string not to use any.
Standard input: frames, each a 32-bit length and fields joined by NUL. Standard output: lines.
  S id flags group memory cpus dir stdin stdout stderr n tag*n m arg*m env*    starts a process
  T id            asks its processes to end      K id            ends them
  R pid folder    is ready; where its cgroups are, if there are any
  P id pid held   runs; whether a cgroup holds it to its memory
  F id errno      could not be started
  E id status cpu more peak oom
                  its main process has ended: raw wait status, processor time in microseconds,
                  whether other processes of it still live, the most bytes that its group has
                  held (0: not known), how many of the group were killed for want of memory
  G id peak oom   those others are gone too
Group: those that share a limit on memory, in bytes. Flags: d leaves what a job that ended by itself
has left. Tags: variables that all its processes inherit. At the end of input all jobs are ended;
with a folder for statuses they go on, the file "kept-PID" there lists them, and "helper-PID" is
there until the last has ended.
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
uses_groups = sys.argv[4] == "cgroups"
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
cgroups = None  # where ours are, if we may make any
groups = {}  # name -> Group
busy = []  # paths of groups that are over and could not be removed yet


class Job:
    def __init__(self, id, pid, tags, flags, group):
        self.id = id
        self.pid = pid
        self.tags = tags
        self.group = group
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
    """Writes what the reader has room for; whoever writes to us may be the one who reads that."""
    try:
        while out:
            del out[: os.write(1, out)]
    except BlockingIOError:
        pass
    except OSError:
        out.clear()  # nobody reads any more


# --- starting ------------------------------------------------------------------------------------


def start(fields, until):
    global newest, gap
    _, id, flags, name, limit, bound, directory, stdin, stdout, stderr, n = fields[:11]
    tags = fields[11 : 11 + int(n)]
    rest = fields[11 + int(n) :]
    args = rest[1 : 1 + int(rest[0])]
    env = dict(variable.split(b"=", 1) for variable in rest[1 + int(rest[0]) :])
    files = [
        (os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, stdout, OUTPUT, 0o666),
        (os.POSIX_SPAWN_OPEN, 2, stderr, OUTPUT, 0o666)
        if stderr
        else (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    group = None
    pid = 0
    try:
        os.chdir(directory)
        if bound:
            os.sched_setaffinity(0, [int(cpu) for cpu in bound.split(b",")])
        if cgroups and name:
            group = enter(name)
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
        if group:
            group = group.leave(limit, pid)
        os.chdir("/")  # it keeps no folder in use
    gap = gap if pid == newest + 1 else pid
    newest = pid
    jobs[id] = mains[pid] = Job(id, pid, tags, flags, group)
    tell(b"P", id, pid, group is not None)


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


# --- limits on memory ----------------------------------------------------------------------------


class Version1:
    limit = b"memory.limit_in_bytes"
    swap = b"memory.memsw.limit_in_bytes"
    peak = b"memory.max_usage_in_bytes"
    kills = b"memory.oom_control"
    none = b"-1"

    @staticmethod
    def swap_for(memory):
        return memory  # of both together


class Version2:
    limit = b"memory.max"
    swap = b"memory.swap.max"
    peak = b"memory.peak"
    kills = b"memory.events.local"
    none = b"max"

    @staticmethod
    def swap_for(memory):
        return b"0"


class Cgroups:
    """The folder that our groups are in, and the way back to where this process was before."""

    def __init__(self, version, base, home):
        self.files = version
        self.home = os.open(os.path.join(home, b"cgroup.procs"), os.O_WRONLY)
        self.path = os.path.join(base, b"hpc4j-%d" % me)
        clean_after_others(base)
        if version is Version2:
            hand_down(base)
        os.mkdir(self.path)
        try:
            if version is Version2:
                hand_down(self.path)
            self.probe()
        except BaseException:
            remove_group(self.path)
            raise

    def probe(self):
        group = Group(self, b"probe")
        put(group.path, b"cgroup.procs", b"0")
        os.write(self.home, b"0")
        put(group.path, self.files.limit, b"67108864")
        self.has_swap = os.path.exists(os.path.join(group.path, self.files.swap))
        if group.killed() is None:
            raise OSError(errno.ENOTSUP, "it does not count kills")
        os.rmdir(group.path)


class Group:
    """The cgroup of all tasks of an attempt on one node."""

    def __init__(self, all, name):
        self.all = all
        self.name = name
        self.path = os.path.join(all.path, name)
        self.users = 0
        self.over = 0
        os.mkdir(self.path)

    def limit(self, memory, swap):
        files = self.all.files
        steps = [(files.limit, memory)]
        if self.all.has_swap:
            steps.append((files.swap, swap))
        if memory == files.none:
            steps.reverse()  # version 1 wants the limit of both not to be the smaller
        for file, value in steps:
            put(self.path, file, value)

    def leave(self, memory, pid):
        """Limits it when this process, which must not be what is killed, is out. Returns it if it
        holds the process that was started."""
        try:
            os.write(self.all.home, b"0")
            self.limit(memory, self.all.files.swap_for(memory))
        except OSError as e:
            if e.errno != errno.EBUSY or not pid:
                give_up()
                self.release()
                return None
            self.over += 1  # there is more in it already
            send(-pid, signal.SIGKILL)
        if not pid:
            self.release()
        return self

    def let_go(self):
        """What a job may leave behind is no longer held to its limit."""
        for pid in read_file(os.path.join(self.path, b"cgroup.procs")).split():
            try:
                os.write(self.all.home, pid)
            except OSError:
                pass  # it is gone

    def killed(self):
        for line in read_file(os.path.join(self.path, self.all.files.kills)).splitlines():
            word, number = line.split()
            if word == b"oom_kill":
                return int(number) + self.over
        return None

    def usage(self):
        try:
            peak = int(read_file(os.path.join(self.path, self.all.files.peak)))
        except (OSError, ValueError):
            peak = 0
        try:
            return peak, self.killed() or 0
        except OSError:
            return peak, self.over

    def release(self):
        self.users -= 1
        if self.users == 0:
            del groups[self.name]
            busy[:] = [path for path in busy + [self.path] if not remove_group(path)]


def enter(name):
    """Goes to a group, so that what is started is there from its first instruction."""
    try:
        group = groups.get(name)
        if group is None:
            group = groups[name] = Group(cgroups, name)
        else:
            group.limit(cgroups.files.none, cgroups.files.none)
        group.users += 1
        put(group.path, b"cgroup.procs", b"0")
        return group
    except OSError:
        give_up()
        return None


def give_up():
    """What runs keeps its limits; what starts from now on is only watched."""
    global cgroups
    cgroups = None


def put(folder, name, value):
    file = os.open(os.path.join(folder, name), os.O_WRONLY)
    try:
        os.write(file, value)
    finally:
        os.close(file)


def hand_down(folder):
    """Lets the groups in a folder have limits on memory."""
    if b"memory" not in read_file(os.path.join(folder, b"cgroup.subtree_control")).split():
        put(folder, b"cgroup.subtree_control", b"+memory")


def remove_group(path):
    """Removes a group and those in it; returns whether it is gone."""
    try:
        os.rmdir(path)
    except FileNotFoundError:
        pass
    except OSError:
        for folder, inner, _ in os.walk(path, topdown=False):
            for name in inner:
                try:
                    os.rmdir(os.path.join(folder, name))
                except OSError:
                    return False
        try:
            os.rmdir(path)
        except OSError:
            return False
    return True


def clean_after_others(base):
    """Removes what helpers that were killed have left."""
    for name in os.listdir(base):
        if name.startswith(b"hpc4j-"):
            try:
                alive = b"Starts processes for hpc4j" in read_file(
                    b"/proc/%s/cmdline" % name[6:]
                )
            except OSError:
                alive = False
            if not alive:
                remove_group(os.path.join(base, name))


def find_cgroups():
    """The first of the places where limits could be set at which that works, or None."""
    for place in places():
        try:
            return Cgroups(*place)
        except (OSError, ValueError):
            continue
    return None


def places():
    mine = {}
    for line in read_file("/proc/self/cgroup").splitlines():
        _, controllers, path = line.split(b":", 2)
        mine.update((controller, path) for controller in controllers.split(b","))
    for line in read_file("/proc/self/mountinfo").splitlines():
        left, right = line.split(b" - ", 1)
        root, mount = left.split()[3:5]
        kind, _, options = right.split()[:3]
        first = kind == b"cgroup" and b"memory" in options.split(b",")
        path = mine.get(b"memory" if first else b"")
        if path is None or not (first or kind == b"cgroup2"):
            continue
        home = os.path.normpath(os.path.join(mount, os.path.relpath(path, root)))
        if first:
            yield Version1, home, home
        else:
            yield Version2, home, home  # works at the root, where processes and groups may mix
            if is_delegated(os.path.dirname(home)):
                yield Version2, os.path.dirname(home), home


def is_delegated(folder):
    """Whether systemd has given it to its service, as Delegate and DelegateSubgroup do."""
    try:
        return os.getxattr(folder, "user.delegate") == b"1"
    except OSError:
        return False


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
    peak, oom = usage(job)
    if folder:
        write_file(job.id, b"%d %d %d %d %d\n" % (status, cpu, time.time_ns(), peak, oom))
    tell(b"E", job.id, status, cpu, more, peak, oom)
    if more:
        job.kill_at = time.monotonic() + grace
        ending[job.id] = job
    else:
        forget(job)


def usage(job):
    return job.group.usage() if job.group else (0, 0)


def forget(job):
    del jobs[job.id]
    if job.group:
        if job.leaves:
            job.group.let_go()
        job.group.release()


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
        tell(b"G", job.id, *usage(job))
        del ending[job.id]
        forget(job)


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
    if made:
        remove_group(made.path)


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
        ready, _, _ = select.select(
            sources, [1] if out else [], [], LOOK_SECONDS if ending or again else None
        )
        if woken in ready:
            os.read(woken, 4096)
        if 0 in ready:
            part = os.read(0, 65536)
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
if uses_groups:
    try:
        cgroups = find_cgroups()
    except OSError:
        pass  # there is no /proc/self/cgroup
made = cgroups
tell(b"R", me, made.path if made else b"")
flush()
os.set_blocking(1, False)
try:
    run()
finally:
    end_all()
    os.set_blocking(1, True)
    flush()
    clean_up()
