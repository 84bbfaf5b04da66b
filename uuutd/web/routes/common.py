"""What the tables of addresses have in common."""

from ..call import Policy
from ..decode import NoBody

ANONYMOUS, USER, OWNER, ADMIN = Policy.ANONYMOUS, Policy.USER, Policy.OWNER, Policy.ADMIN
NO_BODY = NoBody()
REVALIDATES = {"If-None-Match": "The ETag of what the caller has; 304 if that is still so."}
