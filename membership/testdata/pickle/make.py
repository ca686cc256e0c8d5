# Writes the pickles of this folder: the same list of invented people, by Python 2 and by Python 3 in each protocol they
# have. Run it with both: python2 make.py; python3 make.py
import pickle
import sys
import types

two = sys.version_info[0] == 2
text = (lambda s: s.decode("utf-8")) if two else (lambda s: s)


def module(name):
    m = types.ModuleType(name)
    sys.modules[name] = m
    if "." in name:
        above, below = name.rsplit(".", 1)
        setattr(sys.modules[above], below, m)
    return m


class _BounceInfo:  # of the old kind in Python 2
    def __init__(self, member):
        self.member, self.score, self.lastnotice = member, 2.5, (2026, 3, 1)


class UserDesc(object):  # of the new kind
    def __init__(self, address):
        self.address = address


class Kept(dict):  # a dict of its own class
    pass


for name, classes in (("Mailman", ()), ("Mailman.Bouncer", (_BounceInfo,)), ("Mailman.UserDesc", (UserDesc, Kept))):
    m = module(name)
    for c in classes:
        c.__module__ = name
        setattr(m, c.__name__, c)

kept = Kept()
kept["a"] = 1
shared = ["en", "cy"]
config = {
    "real_name": "Senco",
    "host_name": "lists.example.org",
    "description": "SEN co-ordinators in Wales",
    "subject_prefix": "[SENCO] ",
    "msg_footer": "_______________________________________________\n%(real_name)s mailing list\n",
    "password": "0123abcd",
    "passwords": {"ada@school.example": "ytterbium"},
    "members": {"ada@school.example": "Ada@School.example", "ben@school.example": 0, "cat@school.example": 0, "eve@school.example": 0},
    "digest_members": {"dai@ysgol.example": 0},
    "usernames": {"ada@school.example": text("Zo\xc3\xab Lovelace") if two else "Zo\u00eb Lovelace",
                  "ben@school.example": "", "dai@ysgol.example": text("Dai \xe2\x98\xba") if two else "Dai \u263a"},
    "user_options": {"ada@school.example": 2 | 16, "ben@school.example": 128 | 256, "dai@ysgol.example": 8 | 4, "eve@school.example": 1},
    "delivery_status": {"ben@school.example": (2, 1577880000.5), "cat@school.example": (4, 1577880000), "dai@ysgol.example": (0, 0)},
    "bounce_info": {"cat@school.example": _BounceInfo("cat@school.example")},
    "owner": ["olwen@school.example", "ada@school.example"],
    "moderator": ["ben@school.example"],
    "ban_list": ["^spam@", "mallory@example.net"],
    "digest_send_periodic": True,
    "max_message_size": 500,
    "reply_goes_to_list": 1,
    "archive_private": 1,
    "emergency": False,
    "created_at": 946684800.25,
    "nothing": None,
    "large": 2 ** 70,
    "negative": -(2 ** 40),
    "languages": shared,
    "languages_again": shared,
    "some": set(["x"]),
    "frozen": frozenset(["y"]),
    "pair": (1, (2, (3, (4, 5)))),
    "wanted": UserDesc("fay@school.example"),
    "kept": kept,
    "class": UserDesc,
    ("a", 1): "a key that is a tuple",
    "latin": "Se\xe1n" if two else "Se\u00e1n",
    "bytes": b"ab",
}
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    with open("python%d-%d.pck" % (sys.version_info[0], protocol), "wb") as f:
        pickle.dump(config, f, protocol)
if two:
    import cPickle
    for protocol in range(3):
        with open("cpickle-%d.pck" % protocol, "wb") as f:
            cPickle.dump(config, f, protocol)
