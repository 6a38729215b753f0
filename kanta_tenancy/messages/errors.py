"""Why the room of the messages may refuse."""

from kanta_tenancy.kernel.errors import Category, DomainError


class MessageNotFound(DomainError):
    slug = "message-not-found"
    title = "No such message"
    category = Category.MISSING


class MessageUnderWay(DomainError):
    slug = "message-under-way"
    title = "The message is on its way already"
    category = Category.CONFLICT


class EndpointNotFound(DomainError):
    slug = "webhook-endpoint-not-found"
    title = "No such webhook endpoint"
    category = Category.MISSING


class EndpointRefused(DomainError):
    slug = "webhook-endpoint-refused"
    title = "What was said about the endpoint is not acceptable"
    category = Category.REFUSED


class EndpointChanged(DomainError):
    slug = "webhook-endpoint-changed"
    title = "The endpoint was changed by someone else"
    category = Category.STALE


class EndpointOfAnother(DomainError):
    slug = "webhook-endpoint-of-another"
    title = "Only whose endpoint it is may do this"
    category = Category.FORBIDDEN


class EndpointClosed(DomainError):
    slug = "webhook-endpoint-closed"
    title = "The endpoint is closed"
    category = Category.CONFLICT


class EndpointOpen(DomainError):
    slug = "webhook-endpoint-open"
    title = "The endpoint is open already"
    category = Category.CONFLICT


class TooManyEndpoints(DomainError):
    slug = "webhook-endpoints-too-many"
    title = "There are as many open endpoints as one owner can have"
    category = Category.CONFLICT


class WebhooksNotSetUp(DomainError):
    slug = "webhooks-not-set-up"
    title = "The service has no key to sign webhooks with"
    category = Category.CONFLICT


class FeedNotFound(DomainError):
    slug = "calendar-feed-not-found"
    title = "No such calendar feed"
    category = Category.MISSING


class FeedRefused(DomainError):
    slug = "calendar-feed-refused"
    title = "What was said about the calendar feed is not acceptable"
    category = Category.REFUSED


class FeedChanged(DomainError):
    slug = "calendar-feed-changed"
    title = "The calendar feed was changed by someone else"
    category = Category.STALE


class MailNotSetUp(DomainError):
    slug = "mail-not-set-up"
    title = "The service has no mail server"
    category = Category.CONFLICT


class MailNotTaken(DomainError):
    slug = "mail-not-taken"
    title = "The mail server did not take the mail"
    category = Category.UNAVAILABLE


class WebhookNotTaken(DomainError):
    slug = "webhook-not-taken"
    title = "The endpoint did not take the webhook"
    category = Category.UNAVAILABLE
