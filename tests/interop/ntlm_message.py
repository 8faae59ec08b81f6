"""What a client says in its last NTLM message, read by pyspnego's own parser.

Only for the records of a test server: whether the log-on is good is decided elsewhere.
"""

import dataclasses
import hashlib

from spnego._ntlm_raw.messages import Authenticate, AvFlags, AvId, NTClientChallengeV2
from spnego.channel_bindings import GssChannelBindings

AUTHENTICATE = b"NTLMSSP\0\3\0\0\0"
NEGOTIATE = b"NTLMSSP\0\1\0\0\0"


@dataclasses.dataclass
class Claim:
    """Of a type 3 message. `binding` is absent, zero, right or wrong."""

    user: str
    domain: str
    binding: str
    mic: bool
    ntlm_v2: bool


def claim(token, channel):
    """The claim in a token, SPNEGO around it or not; `None` when it is no type 3 message."""
    start = token.find(AUTHENTICATE)
    if start < 0:
        return None
    message = Authenticate.unpack(token[start:])
    pairs = target_info(message)
    flags = pairs.get(AvId.flags, 0) if pairs else 0
    return Claim(user=message.user_name or "", domain=message.domain_name or "", binding=binding(pairs, channel),
                 mic=bool(flags & AvFlags.mic), ntlm_v2=pairs is not None)


def target_info(message):
    response = message.nt_challenge_response or b""
    return NTClientChallengeV2.unpack(response[16:]).av_pairs if len(response) > 24 else None


def binding(pairs, channel):
    value = pairs.get(AvId.channel_bindings) if pairs else None
    if value is None:
        return "absent"
    if not any(value):
        return "zero"
    return "right" if value == hashlib.md5(channel.pack()).digest() else "wrong"


def channel_of(end_point):
    """The channel bindings of a `tls-server-end-point` hash."""
    return GssChannelBindings(application_data=b"tls-server-end-point:" + end_point)
