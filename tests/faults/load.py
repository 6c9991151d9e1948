"""Clients that log, amend and void, several at once, and send again under the same key what was not answered."""

import calendar
import itertools
import random
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import date

from tests.faults.client import Answer, Client, UnansweredError, hidden_fields
from tests.faults.journal import Journal, Kind, Operation, Told

THREADS = 8
PART = 0.1  # amends and voids, for one create
ASSESSED = 0.2  # creates that come with an assessment
LOOKS = 0.02  # creates after which the page is looked at
GIVES_UP = 0.2  # of what was not answered: never asked again
PATIENCE = 90.0
LAST = re.compile(r"[?&]last=([0-9]+)")
FIRST_YEAR = 1990


class Months:
    """The months that one run writes into, one after another: what was damaged in one is not mended by later writes."""

    def __init__(self, first: int, number: int) -> None:
        self.first = first
        self.number = number

    def day(self, rng: random.Random, share: float) -> str:
        """A day of the month that is written into when this share of the creates is done, or of the one before."""
        place = min(int(share * self.number), self.number - 1)
        index = self.first + max(place - rng.randrange(2), 0)
        year, month = FIRST_YEAR + index // 12, index % 12 + 1
        return date(year, month, rng.randint(1, calendar.monthrange(year, month)[1])).isoformat()


class Load:
    """The clients of one run. ``numbers`` goes on from run to run."""

    def __init__(
        self,
        client: Client,
        *,
        sources: list[str],
        journal: Journal,
        months: Months,
        numbers: "itertools.count[int]",
        creates: int,
        seed: str,
        pause: float = 0.0,
    ) -> None:
        self.client = client
        self.sources = sources
        self.journal = journal
        self.months = months
        self.numbers = numbers
        self.creates = creates
        self.seed = seed
        self.pause = pause
        self.acknowledged = 0
        self.answers: Counter[int] = Counter()
        self.latencies: list[tuple[float, float]] = []
        self._enough = threading.Event()
        self._lock = threading.Lock()
        self._fields = hidden_fields(client.get_soon("/reports/log/"))
        self._threads = [threading.Thread(target=self._work, args=(place,)) for place in range(THREADS)]

    @property
    def is_done(self) -> bool:
        """Whether as many creates as wanted were acknowledged."""
        return self.acknowledged >= self.creates

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def enough(self) -> None:
        """Begin nothing new."""
        self._enough.set()

    def join(self) -> None:
        """Wait until everything begun was answered or given up."""
        for thread in self._threads:
            thread.join()
        self.client.close()

    def _work(self, place: int) -> None:
        rng = random.Random(f"{self.seed} client {place}")  # noqa: S311 - to be repeated, not to be secret
        client = Client(self.client.port, cookies=self.client.cookies)
        mine: list[tuple[Operation, int]] = []
        while not self._enough.is_set():
            self._one_round(rng, client, mine)
            if self.pause:
                self._enough.wait(self.pause)
        client.close()

    def _one_round(self, rng: random.Random, client: Client, mine: list[tuple[Operation, int]]) -> None:
        created = self._create(rng, client)
        if created.told is Told.ACKNOWLEDGED:
            mine.append((created, 1))
            with self._lock:
                self.acknowledged += 1
            if rng.random() < LOOKS:
                self._look(client, created)
        if mine and rng.random() < PART:
            self._amend(rng, client, mine)
        if mine and rng.random() < PART:
            self._void(rng, client, mine)
        del mine[:-20]

    def _look(self, client: Client, created: Operation) -> None:
        try:
            answer = client.get(f"/reports/log/?last={created.pk}&source={created.source}")
        except UnansweredError:
            return
        with self._lock:
            self.answers[answer.status] += 1

    def _create(self, rng: random.Random, client: Client) -> Operation:
        number = next(self.numbers)
        operation = self._operation(Kind.CREATE, number, number, rng)
        fields = {**self._fields, **self._intake(operation)}
        assessed = rng.random() < ASSESSED
        # As many lines as are filled in: the others would be read, and found empty.
        fields |= {"findings-TOTAL_FORMS": str(int(assessed))}
        if assessed:
            fields |= {"findings-0-outcome": "not_illegal", "findings-0-url_count": ""}
        operation.source += "+" if assessed else ""
        self._send(rng, client, operation, "/reports/log/", fields, self._created)
        return operation

    def _operation(self, kind: Kind, number: int, report: int, rng: random.Random) -> Operation:
        day = self.months.day(rng, self.acknowledged / self.creates)
        key = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        return Operation(kind, number, report, key, day, rng.choice(self.sources))

    def _intake(self, operation: Operation) -> dict[str, str]:
        intake = {"received_date": operation.day, "source": operation.source.rstrip("+")}
        return intake | {"url_count": str(operation.number), "form_key": operation.key}

    def _created(self, operation: Operation, answer: Answer) -> bool:
        led = LAST.search(answer.location)
        operation.pk = int(led[1]) if led else 0
        return bool(led)

    def _amend(self, rng: random.Random, client: Client, mine: list[tuple[Operation, int]]) -> None:
        # What came with an assessment is amended no more.
        place = next((place for place, (created, _) in enumerate(mine) if not created.source.endswith("+")), None)
        if place is None:
            return
        created, version = mine.pop(place)
        operation = self._operation(Kind.AMEND, next(self.numbers), created.report, rng)
        operation.pk = created.pk
        fields = {**self._token(), **self._intake(operation), "version": str(version)}
        self._send(rng, client, operation, f"/reports/{created.pk}/amend/", fields, self._stepped)
        if operation.told is Told.ACKNOWLEDGED:
            mine.append((created, version + 1))

    def _void(self, rng: random.Random, client: Client, mine: list[tuple[Operation, int]]) -> None:
        created, version = mine.pop(rng.randrange(len(mine)))
        operation = self._operation(Kind.VOID, next(self.numbers), created.report, rng)
        operation.pk = created.pk
        fields = {**self._token(), "version": str(version), "form_key": operation.key}
        self._send(rng, client, operation, f"/reports/{created.pk}/void/", fields, self._stepped)

    def _token(self) -> dict[str, str]:
        return {"csrfmiddlewaretoken": self._fields["csrfmiddlewaretoken"]}

    def _stepped(self, operation: Operation, answer: Answer) -> bool:
        return answer.location == f"/reports/{operation.pk}/"

    def _send(
        self,
        rng: random.Random,
        client: Client,
        operation: Operation,
        path: str,
        fields: dict[str, str],
        is_success: Callable[[Operation, Answer], bool],
    ) -> None:
        """Send until it is answered, or given up."""
        self.journal.sent(operation)
        begun = time.monotonic()
        while True:
            operation.attempts += 1
            status = self._attempt(client, operation, path, fields, is_success)
            if status and status < 500:
                break
            if rng.random() < GIVES_UP or time.monotonic() - begun > PATIENCE:
                break
            time.sleep(rng.uniform(0.05, 0.5))
        if operation.told is Told.ACKNOWLEDGED:
            with self._lock:
                self.latencies.append((begun, time.monotonic() - begun))
        self.journal.ended(operation)

    def _attempt(
        self,
        client: Client,
        operation: Operation,
        path: str,
        fields: dict[str, str],
        is_success: Callable[[Operation, Answer], bool],
    ) -> int:
        """The status of the answer; 0 for none."""
        try:
            answer = client.post(path, fields)
        except UnansweredError:
            return 0
        with self._lock:
            self.answers[answer.status] += 1
        if answer.status == 302 and is_success(operation, answer):
            operation.told = Told.ACKNOWLEDGED
        elif answer.status < 500:
            operation.told = Told.REFUSED
        return answer.status
