"""Certificates and registrations: recorded, revoked; registered, renewed."""

from typing import Final
from uuid import UUID

from libs.common import clock
from libs.common.contract import Count, Day, Token, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.jobs import clear_timers, set_timer
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.registry import actions, events
from services.registry.api.workers import needs_names
from services.registry.domain import registrations as rules
from services.registry.domain.registrations import Registration, RegistrationPolicy
from services.registry.domain.workers import Certificate, CertificateLevel, Worker, certify
from services.registry.store import certificates as store
from services.registry.store import policies, postings, workers

routes: Final = Routes()


@body
class Recording:
    """A certificate as the worker has shown it."""

    level: CertificateLevel
    number: Token
    issued_day: Day


@body
class Revocation:
    """From which day a certificate is void, and why (a code)."""

    day: Day
    reason: Token


@body
class RegistrationAsked:
    """From when; after a lapse, the hours of continuing education since."""

    from_day: Day
    hours: Count = 0


@body
class Renewal:
    """The hours of continuing education during the registration."""

    hours: Count


@routes.post("/workers/{worker_id}/certificates", scope="registry:certify", status=201)
async def record_certificate(tx: Tx, call: Call, worker_id: UUID, body: Recording) -> Certificate:
    """Record a certificate; its number is kept, but neither answered here nor told."""
    worker = await workers.lock_worker(tx, worker_id, call.rows)
    call.expect(worker)
    certificate = certify(new_id(), worker.id, body.level, body.issued_day, tx.today)
    await store.add_certificate(tx, certificate, body.number)
    certified = await actions.recertify(tx, worker)
    await emit(tx, certified, told(events.CertificateRecorded, certified))
    await actions.recount(tx, await postings.list_communities_of(tx, worker.id))
    return certificate


@routes.post("/certificates/{certificate_id}/revocation", scope="registry:certify")
async def revoke_certificate(
    tx: Tx, call: Call, certificate_id: UUID, body: Revocation
) -> Certificate:
    """Revoke a certificate; without another, the worker's registration lapses with it."""
    certificate = await store.lock_certificate(tx, certificate_id, call.rows)
    call.expect(certificate)
    worker = await workers.lock_any_worker(tx, certificate.worker_id)
    revoked = certificate.revoke(body.day, body.reason, tx.today)
    await store.save_certificate(tx, revoked)
    certified = await actions.recertify(tx, worker)
    await emit(tx, certified, told(events.CertificateRevoked, certified))
    await actions.recount(tx, await postings.list_communities_of(tx, worker.id))
    return revoked


@routes.post("/workers/{worker_id}/registrations", scope="registry:certify", status=201)
async def register_worker(
    tx: Tx, call: Call, worker_id: UUID, body: RegistrationAsked
) -> Registration:
    """Register a certified worker, for as long as the policy says."""
    worker = await workers.lock_worker(tx, worker_id, call.rows)
    call.expect(worker)
    policy = await policies.get_registration_policy(tx, tx.today)
    certificates = await store.list_certificates_of(tx, worker.id)
    asked = rules.Asked(from_day=body.from_day, hours=body.hours)
    granted = rules.register(new_id(), worker, certificates, policy, asked, tx.today)
    return await _grant(tx, *granted, policy)


@routes.post("/workers/{worker_id}/renewals", scope="registry:certify", status=201)
async def renew_registration(tx: Tx, call: Call, worker_id: UUID, body: Renewal) -> Registration:
    """Renew a registration in its last months, with the hours that the level needs."""
    worker = await workers.lock_worker(tx, worker_id, call.rows)
    call.expect(worker)
    policy = await policies.get_registration_policy(tx, tx.today)
    granted = rules.renew(new_id(), worker, policy, body.hours, tx.today)
    return await _grant(tx, *granted, policy)


async def _grant(
    tx: Tx, worker: Worker, registration: Registration, policy: RegistrationPolicy
) -> Registration:
    """Save and tell, and be reminded of the window and of the end."""
    await store.add_registration(tx, registration)
    await workers.save_worker(tx, worker)
    await emit(tx, worker, told(events.RegistrationRenewed, worker))
    for job in ("warn-of-lapse", "lapse-registration"):
        await clear_timers(tx, job, worker.id)
    until = registration.until_day
    opens = policy.window_opens(until)
    if worker.registration_status == "valid":
        await set_timer(tx, "warn-of-lapse", worker.id, clock.start_of(opens))
    if worker.registration_status != "lapsed":
        await set_timer(tx, "lapse-registration", worker.id, clock.end_of(until))
    return registration


@routes.get("/workers/{worker_id}/certificates", scope="registry:read-workers")
async def list_certificates(
    tx: Tx, call: Call, worker_id: UUID, page_request: PageRequest
) -> Page[store.CertificateRecord]:
    """A worker's certificates; the number is for who may read the name."""
    named = needs_names(call)
    await workers.get_worker(tx, worker_id, call.rows, named)
    return await page(
        tx, page_request, await store.list_certificates(tx, worker_id, named, page_request)
    )


@routes.get("/workers/{worker_id}/registrations", scope="registry:read-workers")
async def list_registrations(
    tx: Tx, call: Call, worker_id: UUID, page_request: PageRequest
) -> Page[Registration]:
    """A worker's registrations, each with the policy that it was granted by."""
    await workers.get_worker(tx, worker_id, call.rows, False)
    return await page(tx, page_request, await store.list_registrations(tx, worker_id, page_request))
