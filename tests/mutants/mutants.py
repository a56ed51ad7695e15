#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Changes one line of the sources at a time and checks that a test fails.

usage: mutants.py [N]

Runs the mutants that kept.txt lists, then N (default 60) that a generator draws, each in a copy of
the working tree in build/mutants. So the working tree itself is never changed.
"""
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "tests/mutants/kept.txt"
COPY = ROOT / "build/mutants/source"
BUILD = ROOT / "build/mutants/build"

# The files from which mutants are drawn, the same number of each group.
GROUPS = {
    "access and quota": [
        "src/gallery/access.cpp", "src/gallery/ingest.cpp", "src/gallery/gallery_change.cpp",
        "src/gallery/gallery_upload.cpp", "src/storage/memory_changes.cpp",
        "src/storage/sqlite_changes.cpp"],
    "caches": [
        "src/cache/*.cpp", "src/gallery/current_etags.cpp", "src/gallery/list_totals.cpp",
        "src/http/gzip_cache.cpp"],
    "log": [
        "src/storage/sqlite_write_queue.cpp", "src/storage/sqlite_log.cpp",
        "src/storage/sqlite_content.cpp",
        "src/storage/sqlite_sweep.cpp"],
    "parsers": [
        "src/json/*.cpp", "src/image/*_header.cpp", "src/image/*_decoder.cpp",
        "src/image/*_encoder.cpp", "src/image/*_structure.cpp", "src/image/*_segments.cpp",
        "src/image/*_chunks.cpp", "src/image/*_brands.cpp", "src/image/*_directory.cpp",
        "src/image/*_orientation.cpp", "src/image/*_prolog.cpp", "src/image/sniff.cpp",
        "src/image/metadata.cpp", "src/image/byte_reader.cpp", "src/image/xml_characters.cpp",
        "src/image/decode_meter.cpp", "src/image/decoder_input.cpp", "src/image/preview.cpp",
        "src/gallery/list_cursor.cpp"],
    "validators": [
        "src/http/accept_encoding.cpp", "src/http/api_request.cpp", "src/http/byte_range.cpp",
        "src/http/conditional_request.cpp", "src/http/content_disposition.cpp",
        "src/http/http_date.cpp", "src/http/http_fields.cpp", "src/http/image_response.cpp",
        "src/http/multipart_form.cpp", "src/http/read_routes.cpp", "src/http/representation.cpp",
        "src/http/request_target.cpp", "src/http/signed_link.cpp", "src/http/upload_body.cpp"],
}

# The programs that run first. The whole suite runs only if none of them fails.
PROGRAMS = {
    "cache": ["cache_test", "gallery_test"],
    "gallery": ["gallery_test"],
    "http": ["http_parts_test", "http_test"],
    "image": ["image_tests"],
    "json": ["json_test", "json_judge_test"],
    "storage": ["storage_conformance_test", "sync_count_test", "gallery_test", "storage_test"],
    "web": ["session_store_test", "page_routes_test", "request_identity_test", "web_handler_test"],
}
# Not in the whole suite: what needs a browser or an installation, or takes minutes.
WITHOUT_LABELS = "browser|package"
WITHOUT_TESTS = "^(bystander|crash|crash_recovery|power_cut|memory_faults|gallery_faults)_test"

MEMORY_LIMIT_BYTES = 8 << 30
# A program is stopped if it uses less processor time than IDLE_SECONDS in a period, or in total
# MAX_SLOWDOWN times as much as without a mutant. So a busy machine kills no mutant.
PERIOD_SECONDS = 60
IDLE_SECONDS = 0.5
MAX_SLOWDOWN = 10
SUITE_TEST_SECONDS = 900


@dataclass
class Mutant:
    path: str
    start: int  # Offset of `text` in the file.
    text: str
    replacement: str
    name: str
    line: int

    def shown(self):
        def short(text):
            return " ".join(text.split()) or "(nothing)"
        return f"{self.path}:{self.line}: {short(self.text)}  ->  {short(self.replacement)}"


def code_only(source):
    """The source with comments, literals and preprocessor lines blanked, at the same offsets."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'|^[ \t]*#[^\n]*',
        re.S | re.M)
    return pattern.sub(lambda m: re.sub(r"[^\n]", "\0", m.group()), source)


def is_balanced(text):
    return text.count("(") == text.count(")") and text.count("{") == text.count("}")


def end_of_condition(line, start):
    """The offset of the parenthesis that closes the one at `start`; -1 if on another line."""
    depth = 0
    for i in range(start, len(line)):
        depth += {"(": 1, ")": -1}.get(line[i], 0)
        if depth == 0:
            return i
    return -1


REPLACEMENTS = [(re.compile(pattern), text) for pattern, text in [
    (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "),
    (r" == ", " != "), (r" != ", " == "), (r" && ", " || "), (r" \|\| ", " && "),
    (r" \+ ", " - "), (r" - ", " + "), (r" \+= ", " -= "), (r" -= ", " += "),
    (r"\breturn true;", "return false;"), (r"\breturn false;", "return true;"),
    (r"\bstd::min\b", "std::max"), (r"\bstd::max\b", "std::min"),
]]
NUMBER = re.compile(r"(?<![\w.'])(0x[0-9A-Fa-f]+|\d[\d']*)(?![\w.'])")
DROPPED = re.compile(
    r"(?:return\b[^;]*|throw\b[^;]*|break|continue|\+\+\w+|[\w.>:-]+(?:\[[^]]*\])? [+|-]?= [^;]*"
    r"|[\w:>.-]+(?:<[^;]*>)?\([^;]*\))(?:\.[^;]*)?;")


def mutants_of_line(original, code, begins_statement):
    """(offset, text, replacement) of each change to one line. `code` is the line as `code_only`."""
    if "static_assert" in code or re.search(r"\b(reserve|using|template|namespace)\b", code):
        return
    for pattern, text in REPLACEMENTS:
        for match in pattern.finditer(code):
            yield match.start(), original[match.start():match.end()], text
    for match in NUMBER.finditer(code):
        number = match.group().replace("'", "")
        value = int(number, 0) if number.startswith("0x") or number == "0" else int(number, 10)
        for changed in {value + 1, max(value - 1, 0)} - {value}:
            yield match.start(), match.group(), str(changed)
    for match in re.finditer(r"\b(?:if|while) \(", code):
        start = match.end() - 1
        end = end_of_condition(code, start)
        condition = original[start + 1:end]
        # A declaration cannot be negated.
        if end > 0 and not re.search(r"[^=!<>]=[^=]|;", code[start:end]):
            yield start, original[start:end + 1], f"(!({condition}))"
    text = code.strip()
    if begins_statement and is_balanced(text) and text.endswith(";"):
        start = len(code) - len(code.lstrip())
        if DROPPED.fullmatch(text.replace("\0", "_")) or re.match(r"(if|while|for) \(", text):
            yield start, original[start:start + len(text)], ";"


def generated(paths):
    mutants = []
    for path in paths:
        source = (ROOT / path).read_text()
        offset = 0
        previous = ";"
        lines = zip(source.splitlines(True), code_only(source).splitlines(True))
        for number, (original, code) in enumerate(lines, 1):
            begins = previous[-1] in ";{}:" and previous != "else"
            for start, text, replacement in mutants_of_line(original, code, begins):
                mutants.append(Mutant(path, offset + start, text, replacement, "", number))
            previous = code.replace("\0", "").strip() or previous
            offset += len(original)
    return mutants


def drawn(count, seed, only):
    """The same number from each group, in random order."""
    rng = random.Random(seed)
    pools = []
    for patterns in GROUPS.values():
        paths = sorted({p.relative_to(ROOT).as_posix()
                        for pattern in patterns for p in ROOT.glob(pattern)})
        if not paths:
            sys.exit(f"no file matches {patterns}")
        pool = generated(path for path in paths if path.startswith(only))
        rng.shuffle(pool)
        pools.append(pool)
    chosen = []
    while len(chosen) < count and any(pools):
        for pool in pools:
            if pool and len(chosen) < count:
                chosen.append(pool.pop())
    return chosen


def kept(only):
    """Reads kept.txt. A text that is not exactly once in its file is an error."""
    mutants, faults = [], []
    for block in re.split(r"\n\s*\n", KEPT.read_text()):
        lines = block.strip("\n").split("\n")
        name = " ".join(line[2:] for line in lines if line.startswith("# "))
        lines = [line for line in lines if line and not line.startswith("#")]
        if not lines:
            continue
        path, changes = lines[0].strip(), lines[1:]
        text = "\n".join(line[2:] for line in changes if line[0] == "-")
        replacement = "\n".join(line[2:] for line in changes if line[0] == "+")
        file = ROOT / path
        source = file.read_text() if file.is_file() else ""
        if not text or source.count(text) != 1:
            faults.append(f"{path}: {source.count(text) if text else 'no'} times, not once: {text}")
            continue
        start = source.index(text)
        line = source.count("\n", 0, start) + 1
        mutants.append(Mutant(path, start, text, replacement, name, line))
    if faults:
        sys.exit("kept.txt does not fit the sources:\n" + "\n".join(faults))
    return [mutant for mutant in mutants if mutant.path.startswith(only)]


def copy_sources():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.split("\n")
    names = {name for name in listed if name and (ROOT / name).is_file()}
    for name in names:
        source, target = ROOT / name, COPY / name
        if target.is_file() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    for target in COPY.rglob("*"):
        if target.is_file() and target.relative_to(COPY).as_posix() not in names:
            target.unlink()


def limited():
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def processor_seconds(session):
    """The processor time of the session's processes and of the children they waited for."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # It has ended.
        if int(fields[3]) == session:
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def processor_seconds_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def exit_status(process, max_processor_seconds):
    """None if it hangs: it does nothing, or far more than it should."""
    used = 0
    while True:
        try:
            return process.wait(PERIOD_SECONDS)
        except subprocess.TimeoutExpired:
            before, used = used, processor_seconds(process.pid)
            if abs(used - before) < IDLE_SECONDS or used > max_processor_seconds:
                return None


def succeeds(command, max_processor_seconds=float("inf"), **options):
    """Whether the command ends with 0, and does not hang. Ends its whole process group."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                               preexec_fn=limited, **options)
    try:
        return exit_status(process, max_processor_seconds) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def environment():
    # The copy's path does not matter for the compiler's cache.
    return {**os.environ, "CCACHE_BASEDIR": str(ROOT / "build/mutants"), "CCACHE_NOHASHDIR": "1"}


def configure():
    copy_sources()
    subprocess.run(
        ["cmake", "-S", COPY, "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
         "-DCMAKE_CXX_FLAGS_DEBUG=-O1", "-DCMAKE_CXX_FLAGS=-Werror=return-type",
         "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache", "-DIMAGEGALLERY_PRECOMPILE_HEADERS=ON",
         f"-DCMAKE_RUNTIME_OUTPUT_DIRECTORY={BUILD / 'bin'}"],
        check=True, stdout=subprocess.DEVNULL, env=environment())


def build(*targets):
    """Whether the compiler accepts the copy. Any other failure, such as a full disk, ends the run."""
    built = subprocess.run(
        ["cmake", "--build", BUILD, *(["--target", *targets] if targets else [])],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if built.returncode != 0 and not re.search(r":\d+:\d+: error: ", built.stdout):
        sys.exit(f"cannot build:\n{built.stdout[-2000:]}")
    return built.returncode == 0


def run_program(name, max_processor_seconds=float("inf")):
    work = BUILD / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    return succeeds([BUILD / "bin" / name, "--abort"], max_processor_seconds, cwd=work)


def run_suite(attempts=3):
    """Whether the whole suite passes. A test that fails once but not twice is no reason against."""
    ctest = ["ctest", "--test-dir", BUILD, "--timeout", SUITE_TEST_SECONDS, "-j", os.cpu_count()]
    everything = [*ctest, "--stop-on-failure", "-LE", WITHOUT_LABELS, "-E", WITHOUT_TESTS]
    if succeeds(everything):
        return True
    return attempts > 1 and succeeds([*ctest, "--rerun-failed"]) and run_suite(attempts - 1)


class Run:
    """The outcomes of mutants in the copy, which is unchanged between them."""

    def __init__(self, runs_suite):
        self.runs_suite = runs_suite
        self.max_seconds = {}  # Of the processor, for each program.

    def prepare(self, programs):
        """Builds and runs them once without a mutant: one that fails would kill every mutant."""
        if not build(*programs):
            sys.exit(f"cannot build {', '.join(programs)}: see cmake --build {BUILD}")
        for name in programs:
            before = processor_seconds_of_children()
            if not run_program(name):
                sys.exit(f"{name} fails without any mutant")
            used = processor_seconds_of_children() - before
            self.max_seconds[name] = max(PERIOD_SECONDS, MAX_SLOWDOWN * used)
        if self.runs_suite and not (build() and run_suite()):
            sys.exit(f"the whole suite fails without any mutant: see ctest --test-dir {BUILD}")

    def outcome(self, mutant):
        file = COPY / mutant.path
        original = file.read_text()
        end = mutant.start + len(mutant.text)
        assert original[mutant.start:end] == mutant.text
        programs = PROGRAMS[mutant.path.split("/")[1]]
        try:
            file.write_text(original[:mutant.start] + mutant.replacement + original[end:])
            if not build(*programs):
                return "does not compile"
            for name in programs:
                if not run_program(name, self.max_seconds[name]):
                    return f"killed by {name}"
            if not self.runs_suite:
                return "SURVIVED"
            if not build():
                return "does not compile"
            return "SURVIVED" if run_suite() else "killed by the suite"
        finally:
            file.write_text(original)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    seed = int(os.environ.get("IMAGEGALLERY_MUTANTS_SEED", random.randrange(1_000_000)))
    only = tuple(os.environ.get("IMAGEGALLERY_MUTANTS_IN", "src/").split())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"seed {seed} (IMAGEGALLERY_MUTANTS_SEED), files in {' '.join(only)} (IMAGEGALLERY_MUTANTS_IN)")
    sets = [("kept", kept(only)), ("drawn", drawn(count, seed, only))]
    configure()
    run = Run(os.environ.get("IMAGEGALLERY_MUTANTS_SUITE", "1") != "0")
    rooms = {mutant.path.split("/")[1] for _, mutants in sets for mutant in mutants}
    run.prepare(sorted({name for room in rooms for name in PROGRAMS[room]}))
    lives = False
    for title, mutants in sets:
        survivors, killed = [], 0
        for mutant in mutants:
            outcome = run.outcome(mutant)
            print(f"{outcome}: {mutant.shown()}" + (f"  ({mutant.name})" if mutant.name else ""),
                  flush=True)
            killed += outcome.startswith("killed")
            if outcome == "SURVIVED":
                survivors.append(mutant)
        counted = killed + len(survivors)
        if not counted:
            continue
        print(f"{title}: {killed} of {counted} killed, {100 * killed // counted} %"
              f" ({len(mutants) - counted} more do not compile)")
        lives = lives or bool(survivors)
        for mutant in survivors:
            print(f"  survivor: {mutant.shown()}")
    sys.exit(1 if lives else 0)


if __name__ == "__main__":
    main()
