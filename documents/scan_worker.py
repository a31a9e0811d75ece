"""The child process that makes a scan clean: an image in on stdin, a plain JPEG out on stdout.

Run as a plain file with ``python -I``: it knows neither Django nor the portal's settings, so that a file gone
wrong can reach nothing. What comes out is drawn anew from the pixels: no EXIF, no place, nothing appended.
Arguments: CPU seconds, megabytes of address space, most pixels, longest side of the result.
"""

import io
import resource
import sys

MEGABYTE = 1024 * 1024
NO_IMAGE, TOO_MANY_PIXELS = 3, 4
KINDS = ("JPEG", "PNG", "WEBP")
QUALITY = 78


def limit(seconds: int, megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    seconds, megabytes, pixels, side = map(int, sys.argv[1:5])
    limit(seconds, megabytes)
    # Only now: whatever Pillow does falls under the limits.
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # counted below, before anything is unpacked
    try:
        image = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=KINDS)
    except UnidentifiedImageError:
        sys.exit(NO_IMAGE)
    if image.width * image.height > pixels:
        sys.exit(TOO_MANY_PIXELS)
    image.draft("RGB", (side, side))  # a large JPEG is unpacked small
    ImageOps.exif_transpose(image, in_place=True)
    layer = image.convert("RGBA")
    del image  # two at full size are all that the memory holds
    layer.thumbnail((side, side))
    drawn = Image.new("RGB", layer.size, "white")
    drawn.paste(layer, mask=layer)
    drawn.save(sys.stdout.buffer, "JPEG", quality=QUALITY, optimize=True)


if __name__ == "__main__":
    main()
