"""The data keeps the source's figures before anything is played."""

from collections import Counter, defaultdict
from datetime import date

from stdnum.cn import uscc

from scenarios.dujiangyan import codes, data, generator
from scenarios.dujiangyan.calendar import END, TERM, activity_days, evening
from scenarios.dujiangyan.play import begins_month, calendar
from scenarios.dujiangyan.steps import parties


def test_the_source_is_kept() -> None:
    """Nine agencies, seventy workers, more than ten projects in the four domains."""
    assert len(data.agencies()) == 9
    assert sum(agency.workers for agency in data.agencies()) == 70
    assert 11 <= len(data.projects()) <= 19
    assert set(data.domains()) == {project.domain for project in data.projects()}
    assert {agency.key for agency in data.agencies()} == {one.provider for one in data.projects()}


def test_the_startup_share_exceeds_800_000_yuan() -> None:
    """Seventy per cent of all prices is 80多万元."""
    startup = sum(project.price for project in data.projects()) * 7 // 10 // data.FEN

    assert 800_000 < startup < 900_000


def test_activities_reach_their_bounds() -> None:
    """At least 620 activities and 8 000 person-times, each with enough persons to count."""
    planned = generator.activities()

    assert len(planned) >= 620
    assert sum(max(one.headcount, len(one.named)) for one in planned) >= 8_000
    assert all(one.headcount >= one.kind.minimum_persons for one in planned)
    assert any(one.returned for one in planned)


def test_only_the_poor_one_misses_outputs() -> None:
    """Every output is reached by all agreements but the poor one."""
    done = Counter((one.project.key, one.output) for one in generator.activities())

    for project in data.projects():
        for number, output in enumerate(data.outputs()):
            reached = done[project.key, number] >= output.quantity
            assert reached == (project.quality != "poor"), project.title


def test_nobody_is_in_two_places() -> None:
    """A lead and an observer have one activity at a time."""
    leads, observers = defaultdict(list), defaultdict(list)
    for one in generator.activities():
        leads[one.project.key, one.lead].append(one.starts_at)
        observers[one.observer].append(one.starts_at)

    for starts in [*leads.values(), *observers.values()]:
        assert len(starts) == len(set(starts))


def test_recipients_are_enough_and_some_can_be_visited() -> None:
    """At least 600 recipients, and in each agreement some under the ordinary visit rule."""
    assert sum(len(generator.recipients(one)) for one in data.projects()) >= 600
    for project in data.projects():
        assert any(not person.special for person in generator.recipients(project))


def test_every_month_has_birthdays() -> None:
    """Each party has guests of sixty and more."""
    months = Counter(person.born.month for person in generator.elders())

    assert len(months) == 12
    assert all(person.born.year <= 2025 - 60 for person in generator.elders())
    assert len(parties.days()) == 12


def test_the_generator_is_the_same_in_every_run() -> None:
    """A fixed seed: the plan built anew is the plan that was built before."""
    before = generator.activities()
    generator.activities.cache_clear()

    assert before == generator.activities()


def test_the_calendar_stays_within_the_play() -> None:
    """Moments are ordered, within the clock's span, and activities within the term."""
    moments = calendar()

    assert all(moment.at < END for moment in moments)
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)
    assert all(moment.title for moment in moments)
    assert TERM[0] <= activity_days()[0] <= activity_days()[-1] <= TERM[1]
    assert evening(date(2025, 2, 1)).isoformat() == "2025-02-01T20:00:00+08:00"


def test_codes_have_true_check_digits() -> None:
    """Every generated credit code is valid under GB 32100-2015, and none twice."""
    made = [codes.uscc(form, number) for form in codes.KINDS for number in range(50)]

    assert all(uscc.is_valid(code) for code in made)
    assert len(made) == len(set(made))


def test_every_entry_says_where_it_is_from() -> None:
    """Each place, organisation and figure is marked as of the source or generated."""
    entries = [
        *data.raw("figures"),
        *data.raw("organisations")["agencies"],
        *data.raw("organisations")["groups"],
        *data.raw("places")["towns"],
        *(one for town in data.raw("places")["towns"] for one in town["communities"]),
    ]

    assert all(one["from"] in ("source", "generated") for one in entries)


def test_figures_know_their_bounds() -> None:
    """A figure holds within its bounds and not beside them."""
    figure = next(one for one in data.figures() if one.key == "put_in_by_june")

    assert not figure.holds(800_000)
    assert figure.holds(833_000)
    assert not figure.holds(900_000)


def test_a_log_has_a_line_for_each_month() -> None:
    """From the survey to the next tender: sixteen months, each begun once."""
    moments = calendar()
    begun = [one for place, one in enumerate(moments) if begins_month(moments, place)]

    assert len(begun) == len({one.at.strftime("%Y-%m") for one in begun}) == 16
