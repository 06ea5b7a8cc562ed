"""Says what expat makes of documents.

Input, for each document: one byte (0: any document, 1: a stream), its length in four bytes (big endian), its bytes.
Output, for each document, a line: "accepted", "accepted with text" when a stream has text other than white space between its
elements, or "refused" and expat's error number.
"""

import struct
import sys
from xml.parsers import expat


def read(is_stream, document):
    depth = 0
    text = False

    def start(_name, _attributes):
        nonlocal depth
        depth += 1

    def end(_name):
        nonlocal depth
        depth -= 1

    def characters(data):
        nonlocal text
        if depth == 1 and data.strip(" \t\r\n"):
            text = True

    def section():
        nonlocal text
        if depth == 1:
            text = True

    # With a separator expat checks namespaces. It refuses a namespace name with that character in it, so this is one that XML forbids.
    parser = expat.ParserCreate(namespace_separator="\x01")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartCdataSectionHandler = section
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        return f"refused {error.code}"
    except (LookupError, ValueError):
        # An encoding that Python does not know.
        return "refused 18"
    return "accepted with text" if is_stream and text else "accepted"


def main():
    source = sys.stdin.buffer
    while header := source.read(5):
        is_stream, length = struct.unpack(">BI", header)
        print(read(is_stream == 1, source.read(length)))


main()
