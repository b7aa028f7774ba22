"""Small numbers do not leave the house: a single woman from one village would be recognised.

Every number from 1 to 4 that counts people is hidden, and as many others as it takes that it cannot
be worked out. All tables of a report are one system: numbers, and sums that hold between them (rows
and their total, men and women and children, the same total in another table). A small number is
safe when no combination of the sums determines it, and when they leave open at least three values.
Zeros are shown, unless nothing else is left to hide: so a hidden number may be any. Which of them
are the small ones nobody is told.
"""

from collections import defaultdict

SMALLEST = 5  # the smallest number that may be told
UNITS_ABOUT_PEOPLE = {"calls", "appeals", "persons", "cases"}
TABLES_ABOUT_PEOPLE = {"services", "outcomes_reached", "referrals_out"}
# What is no number of people: copies, downloads, appearances in the press
NOT_ABOUT_PEOPLE = {"handouts", "downloads", "outreach"}
PRIME = 2_147_483_647


class System:
    """Numbers by name, and sums: (whole, parts). What is `hidden` is not told."""

    def __init__(self):
        self.values, self.sums, self.hidden = {}, [], set()
        self.last = set()  # what is hidden only if nothing else helps: the totals of all
        self.telling = set()  # numbers that are hidden like small ones, for what else is known
        self.holds = []  # whether the parts really add up; where they may overlap, they do not
        self.sums_of = defaultdict(list)

    def number(self, name, value):
        self.values[name] = value
        return name

    def add(self, whole, parts, *, adds_up=True):
        place = len(self.sums)
        self.sums.append((whole, tuple(parts)))
        self.holds.append(adds_up)
        for name in (whole, *parts):
            self.sums_of[name].append(place)

    def protect(self):
        """Hide what must not be told, and what it could be worked out from."""
        small = [
            name
            for name, value in self.values.items()
            if 0 < value < SMALLEST or name in self.telling
        ]
        self.hidden.update(small)
        hopeless = set()  # nothing is left to hide: all that belongs to it is hidden already
        while True:
            for check in (self._alone, self._determined, self._narrow):
                if unsafe := [name for name in check(small) if name not in hopeless]:
                    break
            else:
                break
            self._hide_more(unsafe, hopeless)
        # What anybody can work out is no secret, and small it is not.
        self.hidden.difference_update(self._determined(self.hidden - set(small)))

    def _hide_more(self, unsafe, hopeless):
        """Hide one number beside each unsafe one; not two for the same sum at once."""
        touched = set()
        for name in unsafe:
            if touched.isdisjoint(self.sums_of[name]):
                if (other := self._hide_beside(name)) is not None:
                    touched.update(self.sums_of[other])
                else:
                    hopeless.add(name)

    def _hide_beside(self, name):
        """Hide one more number: the smallest part of a sum that this one belongs to, or else of one
        that the hidden numbers beside it belong to, and so on."""
        for spared in (self.last, set()):
            if (chosen := self._nearest(name, spared)) is not None:
                self.hidden.add(chosen)
                return chosen
        return None

    def _nearest(self, name, spared):
        seen, ring = {name}, [name]
        while ring:
            sums = [self.sums[place] for each in ring for place in self.sums_of[each]]
            choices = [
                (is_whole, self.values[other] or float("inf"), place, other)
                for place, (whole, parts) in enumerate(sums)
                for is_whole, others in ((False, parts), (True, [whole]))
                for other in others
                if other not in self.hidden and other not in spared
            ]
            if choices:
                return min(choices, key=lambda choice: choice[:3])[3]
            beside = dict.fromkeys(n for whole, parts in sums for n in (whole, *parts))
            ring = [n for n in beside if n in self.hidden and n not in seen]
            seen.update(ring)
        return None

    def _alone(self, small):
        """Small numbers that alone are hidden of a sum, even of one whose parts may overlap."""
        small, found = set(small), []
        for whole, parts in self.sums:
            hidden = [name for name in dict.fromkeys([whole, *parts]) if name in self.hidden]
            if len(hidden) == 1 and hidden[0] in small and any(map(self.values.get, parts)):
                found += hidden
        return found

    def _determined(self, small):
        """Small numbers that some combination of the sums determines."""
        pivots = {}
        for (whole, parts), holds in zip(self.sums, self.holds, strict=True):
            if not holds:
                continue
            row = defaultdict(int)
            for name in parts:
                if name in self.hidden:
                    row[name] += 1
            if whole in self.hidden:
                row[whole] -= 1
            _reduce(row, pivots)
        small = set(small)
        return [pivot for pivot, row in pivots.items() if pivot in small and len(row) == 1]

    def _narrow(self, small):
        """Small numbers of which the sums leave open fewer than three values."""
        low = {n: 0 if n in self.hidden else v for n, v in self.values.items()}
        high = {n: float("inf") if n in self.hidden else v for n, v in self.values.items()}
        changed = True
        while changed:
            changed = False
            for (whole, parts), holds in zip(self.sums, self.holds, strict=True):
                if not holds:
                    continue
                least, most = sum(low[n] for n in parts), sum(high[n] for n in parts)
                changed |= _narrowed(low, high, whole, least, most)
                for name in parts:
                    if name in self.hidden:
                        others = (
                            most - high[name]
                            if high[name] != float("inf")
                            else (sum(high[n] for n in parts if n != name))
                        )
                        changed |= _narrowed(
                            low, high, name, low[whole] - others, high[whole] - least + low[name]
                        )
        return [name for name in small if high[name] - low[name] < 2]


def _narrowed(low, high, name, least, most):
    changed = False
    if least > low[name]:
        low[name], changed = least, True
    if most < high[name]:
        high[name], changed = most, True
    return changed


def _reduce(row, pivots):
    """Gauss and Jordan, in whole numbers modulo a prime: each pivot stands in its own row alone."""
    for pivot in [name for name in row if name in pivots]:
        _subtract(row, pivots[pivot], row[pivot])
    if not row:
        return
    new = next(iter(row))
    inverse = pow(row[new], -1, PRIME)
    row = {name: value * inverse % PRIME for name, value in row.items()}
    for other in pivots.values():
        if new in other:
            _subtract(other, row, other[new])
    pivots[new] = row


def _subtract(row, other, times):
    for name, value in other.items():
        left = (row.get(name, 0) - times * value) % PRIME
        if left:
            row[name] = left
        else:
            row.pop(name, None)


def suppress(report, told=()):
    """Hide in the report what must not leave. Changes its tables; hidden numbers become None.

    told: name → number, for each report that left before: what differs from it by a small number
    would tell that number.

    First the rows by themselves, then the columns of men and women beside them: so a row that one
    report may tell is told by all, and no two of them can be laid side by side.
    """
    tables = [table for table in report.tables if table.id not in NOT_ABOUT_PEOPLE]
    rows = System()
    for table in tables:
        _add_rows(rows, table)
    rows.telling = _telling(rows.values, told)
    rows.protect()
    system = System()
    system.hidden |= rows.hidden
    for table in tables:
        _add_rows(system, table)
        _add_columns(system, table)
    system.last = set(rows.values) - rows.hidden
    system.telling = _telling(system.values, told)
    system.protect()
    for table in tables:
        _hide(table, system.hidden)
    report.is_suppressed = True
    return report


def _telling(values, told):
    return {
        name
        for numbers in told
        for name, before in numbers.items()
        if name in values and 0 < abs(values[name] - before) < SMALLEST
    }


def numbers_of(report):
    """What a report tells of people: name → number, by the names that `suppress` gives them."""
    told = {}
    for table in report.tables:
        if table.id in NOT_ABOUT_PEOPLE:
            continue
        told[_whole(table), "total"] = table.total
        for who, number in table.total_who.items():
            told[_whole(table), "who", who] = number
        for row in table.rows:
            told[table.id, row.key] = row.count
            told |= {(table.id, row.key, who): number for who, number in row.who.items()}
    return {name: number for name, number in told.items() if number is not None}


def _whole(table):
    """Tables that count the same things have the same total."""
    shared = table.unit in UNITS_ABOUT_PEOPLE and table.id != "money_claimed"
    return table.unit if shared else table.id


def _add_rows(system, table):
    total = _whole(table)
    names = [system.number((table.id, row.key), row.count) for row in table.rows]
    if table.total is not None:
        system.last.add(system.number((total, "total"), table.total))
        system.add((total, "total"), names, adds_up=not table.several_answers)
    if table.has_who:
        columns = [
            system.number((total, "who", who), number) for who, number in table.total_who.items()
        ]
        system.add((total, "total"), columns)
    if table.id == "persons_by_sex_and_minor":
        for row in table.rows:
            who = system.number((total, "who", row.key), row.count)
            system.add(who, [(table.id, row.key)])
    for subtotal in table.subtotals:
        name = system.number((table.id, "sub", subtotal.key), subtotal.count)
        system.add(name, [(table.id, row.key) for row in table.rows if row.key in subtotal.parts])
    if table.year_before is not None:
        before = [
            system.number((table.id, row.key, "before"), row.year_before or 0) for row in table.rows
        ]
        whole = system.number((total, "total", "before"), table.year_before)
        system.add(whole, before, adds_up=not table.several_answers and not table.is_cut_before)
    for row in table.rows:
        for code in _PEOPLE_BESIDE & set(row.more):
            name = system.number((table.id, row.key, code), row.more[code])
            # Who got a service, and how often it was given: one small, both hidden
            if 0 < min(row.count, row.more[code]) < SMALLEST:
                system.hidden |= {name, (table.id, row.key)}


def _add_columns(system, table):
    """Men, women, children … in each row, and in all of them."""
    if not table.has_who:
        return
    total = _whole(table)
    for who in table.total_who:
        parts = [system.number((table.id, row.key, who), row.who.get(who, 0)) for row in table.rows]
        system.add((total, "who", who), parts, adds_up=not table.several_answers)
    for row in table.rows:
        system.add((table.id, row.key), [(table.id, row.key, who) for who in table.total_who])


_PEOPLE_BESIDE = {"persons", "so_far"}


def _hide(table, hidden):
    total = _whole(table)
    for row in table.rows:
        _hide_row(table, row, hidden)
    for subtotal in table.subtotals:
        if (table.id, "sub", subtotal.key) in hidden:
            subtotal.count = subtotal.share = None
    if (total, "total") in hidden:
        table.total = None
        for row in table.rows:
            row.share = None
    if (total, "total", "before") in hidden:
        table.year_before = None
    for who in table.total_who:
        if (total, "who", who) in hidden:
            table.total_who[who] = None


def _hide_row(table, row, hidden):
    if (table.id, row.key) in hidden:
        row.count = row.share = None
        row.more = {code: None if code != "target" else value for code, value in row.more.items()}
    for code in list(row.more):
        if (table.id, row.key, code) in hidden:
            row.more[code] = None
            if code == "so_far":
                row.more["percent"] = None
    for who in table.total_who:  # a zero that no call stands for may be hidden, too
        if (table.id, row.key, who) in hidden:
            row.who[who] = None
    if (table.id, row.key, "before") in hidden:
        row.year_before = None
