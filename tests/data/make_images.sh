#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Regenerates tests/data/images/. The files are committed because encoders change and tests compare
# pixels.
# Needs imagemagick, libimage-exiftool-perl, gifsicle, apngasm, webp, libavif-bin, libheif-examples,
# libjxl-tools and libjpeg-turbo-progs.
#
# Every image shows the same four quarters, upright: red, green; blue, yellow. 64 x 48 pixels.
set -eu
cd "$(dirname "$0")/images"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

quarters() { # quarters <width> <height> <red> <green> <blue> <yellow>
  convert -size "$(($1 / 2))x$(($2 / 2))" \
    \( xc:"$3" xc:"$4" +append \) \( xc:"$5" xc:"$6" +append \) -append -depth 8 "$work/picture.png"
}
quarters 64 48 'rgb(220,40,40)' 'rgb(40,180,40)' 'rgb(40,60,220)' 'rgb(230,220,60)'
plain='-strip -define png:exclude-chunks=all'
picture=$work/picture.png

# PNG: every sample format.
convert "$picture" $plain -define png:color-type=2 png-rgb.png
convert "$picture" $plain -define png:color-type=2 -interlace PNG png-interlaced.png
convert "$picture" $plain -define png:color-type=2 -define png:bit-depth=16 png-rgb-16.png
convert "$picture" $plain -define png:color-type=3 png-palette.png
convert "$picture" $plain -colorspace Gray -define png:color-type=0 -define png:bit-depth=8 png-grey.png
convert "$picture" $plain -colorspace Gray -define png:color-type=0 -define png:bit-depth=16 png-grey-16.png
convert "$picture" $plain -colorspace Gray -threshold 45% -define png:color-type=0 -define png:bit-depth=1 png-grey-1.png
# The blue quarter transparent, in each way that PNG supports.
convert "$picture" -fill none -draw 'color 0,47 replace' "$work/hole.png"
convert "$work/hole.png" $plain -define png:include-chunk=tRNS -define png:color-type=6 png-rgba.png
convert "$work/hole.png" $plain -define png:color-type=6 -define png:bit-depth=16 -interlace PNG png-rgba-16-interlaced.png
convert "$work/hole.png" $plain -colorspace Gray -define png:color-type=4 png-grey-alpha.png
convert "$work/hole.png" -strip -define png:exclude-chunk=date,time,bkgd PNG8:png-palette-trns.png
convert "$picture" -alpha set -channel A -evaluate set 50% +channel $plain -define png:color-type=6 png-half-transparent.png
cp png-rgb.png png-text.png
exiftool -q -overwrite_original -PNG:Comment='where it was' png-text.png
convert "$picture" -rotate -90 +repage $plain -define png:color-type=2 png-exif-6.png
exiftool -q -overwrite_original -n -IFD0:Orientation=6 png-exif-6.png

# JPEG: coding processes and colour spaces.
convert "$picture" "$work/picture.ppm"
convert "$picture" -colorspace Gray "$work/grey.pgm"
cjpeg -quality 92 -outfile jpeg-baseline.jpg "$work/picture.ppm"
cjpeg -quality 92 -sample 1x1 -outfile jpeg-444.jpg "$work/picture.ppm"
cjpeg -quality 92 -sample 2x1 -restart 2 -outfile jpeg-restart.jpg "$work/picture.ppm"
cjpeg -quality 92 -progressive -outfile jpeg-progressive.jpg "$work/picture.ppm"
cjpeg -quality 92 -arithmetic -outfile jpeg-arithmetic.jpg "$work/picture.ppm"
cjpeg -quality 92 -arithmetic -progressive -outfile jpeg-arithmetic-progressive.jpg "$work/picture.ppm"
cjpeg -quality 92 -grayscale -outfile jpeg-grey.jpg "$work/grey.pgm"
cjpeg -quality 92 -rgb -outfile jpeg-rgb.jpg "$work/picture.ppm"
printf '0;\n1;\n2;\n' > "$work/scans"
cjpeg -quality 92 -scans "$work/scans" -outfile jpeg-three-scans.jpg "$work/picture.ppm"
# ImageMagick stores CMYK as YCCK, inverted, with Adobe's marker.
convert "$picture" -strip -colorspace CMYK -quality 92 jpeg-ycck.jpg
convert "$picture" -strip -colorspace CMYK -quality 92 -interlace JPEG jpeg-ycck-progressive.jpg
cp jpeg-baseline.jpg jpeg-comment.jpg
exiftool -q -overwrite_original -Comment='where it was' jpeg-comment.jpg
cp jpeg-baseline.jpg jpeg-gps.jpg
exiftool -q -overwrite_original -n -GPSLatitude=47.3 -GPSLatitudeRef=N -GPSLongitude=8.5 \
  -GPSLongitudeRef=E -XMP:Creator=Somebody -IPTC:City=Somewhere jpeg-gps.jpg

# EXIF orientations 1 to 8: stored rotated or mirrored, so that all look the same.
n=1
for turn in none flip-x rotate-180 flip-y transpose rotate-ccw transverse rotate-cw; do
  case $turn in
    none) operation= ;; flip-x) operation=-flop ;; rotate-180) operation='-rotate 180' ;;
    flip-y) operation=-flip ;; transpose) operation=-transpose ;;
    rotate-ccw) operation='-rotate -90' ;; transverse) operation=-transverse ;;
    rotate-cw) operation='-rotate 90' ;;
  esac
  convert "$picture" $operation +repage "$work/turned.ppm"
  cjpeg -quality 92 -outfile "jpeg-exif-$n.jpg" "$work/turned.ppm"
  exiftool -q -overwrite_original -n -Orientation=$n "jpeg-exif-$n.jpg"
  n=$((n + 1))
done

# GIF. ImageMagick adds its own block, which gifsicle removes.
gif() { # gif <file> <convert's arguments>...
  file=$1
  shift
  convert "$@" "$work/made.gif"
  gifsicle --no-warnings --no-app-extensions "$work/made.gif" > "$file"
}
gif gif-plain.gif "$picture"
gif gif-interlaced.gif "$picture" -interlace GIF
gif gif-transparent.gif "$work/hole.png"
convert "$picture" -crop 32x24+32+24 +repage "$work/corner.gif"
# The first frame covers only the lower right quarter of the canvas.
gifsicle --no-warnings --no-app-extensions --logical-screen 64x48 --delay 10 --loopcount --position 32,24 "$work/corner.gif" \
  --position 0,0 gif-plain.gif > gif-offset-animation.gif
gifsicle --no-warnings --comment 'where it was' gif-plain.gif > gif-comment.gif

# An animated PNG with the same two frames.
convert -size 64x48 xc:none "$work/corner.gif" -geometry +32+24 -composite "PNG32:$work/frame0.png"
convert "$picture" "PNG32:$work/frame1.png"
apngasm "$work/animation.png" "$work/frame0.png" "$work/frame1.png" 1 10 > /dev/null
exiftool -q -all= -o png-animation.png "$work/animation.png"

# Formats without a decoder: the original is its own preview.
cwebp -quiet -q 80 "$picture" -o webp-lossy.webp
cwebp -quiet -lossless "$picture" -o webp-lossless.webp
cwebp -quiet -q 80 "$work/hole.png" -o webp-alpha.webp
cwebp -quiet -lossless "$work/hole.png" -o webp-lossless-alpha.webp
gif2webp -quiet gif-offset-animation.gif -o webp-animation.webp
convert "$picture" -rotate -90 +repage "$work/turned.png"
cwebp -quiet -q 80 "$work/turned.png" -o webp-exif-6.webp
exiftool -q -overwrite_original -n -EXIF:Orientation=6 webp-exif-6.webp
convert "$picture" -resize 16x12! "$work/small.png"
convert "$work/small.png" -define bmp:format=bmp2 bmp-core.bmp
convert "$work/small.png" -define bmp:format=bmp3 bmp-windows.bmp
convert "$work/small.png" -alpha on -channel A -evaluate set 50% +channel -define bmp:format=bmp4 bmp-alpha.bmp
convert "$work/small.png" \( "$work/small.png" -resize 8x6! \) ico-two.ico
convert "$picture" -resize 16x16! "$work/cursor.ico"
{ printf '\000\000\002\000'; tail -c +5 "$work/cursor.ico"; } > cur.cur
convert "$work/small.png" -define tiff:endian=lsb -compress LZW -strip tiff-little.tiff
convert "$work/small.png" -define tiff:endian=msb -compress LZW -strip tiff-big.tiff
convert "$work/small.png" -compress LZW -strip TIFF64:tiff-64.tiff
convert "$work/small.png" "$work/small.png" "$work/small.png" -compress LZW -strip tiff-pages.tiff
convert "$work/small.png" -alpha on -channel A -evaluate set 50% +channel -compress LZW -strip tiff-alpha.tiff
convert "$work/small.png" -rotate -90 +repage -orient RightTop -compress LZW -strip tiff-exif-6.tiff
avifenc -s 8 "$picture" avif-plain.avif > /dev/null
avifenc -s 8 "$work/hole.png" avif-alpha.avif > /dev/null
avifenc -s 8 --irot 1 "$picture" avif-turned.avif > /dev/null
avifenc -s 8 --crop 0,0,40,30 "$picture" avif-cropped.avif > /dev/null
avifenc -s 8 --irot 3 --crop 0,0,40,30 "$picture" avif-cropped-turned.avif > /dev/null
avifenc -s 8 "$picture" "$picture" "$picture" avif-sequence.avif > /dev/null
heif-enc -q 50 "$picture" -o heic-plain.heic > /dev/null
convert "$work/hole.png" "PNG32:$work/hole32.png"
heif-enc -q 50 "$work/hole32.png" -o heic-alpha.heic > /dev/null
cjxl --quiet -e 7 "$picture" jxl-codestream.jxl 2> /dev/null
cjxl --quiet -e 7 --container=1 "$work/hole.png" jxl-container-alpha.jxl 2> /dev/null
cjxl --quiet -e 7 -j 1 jpeg-exif-6.jpg jxl-of-jpeg-exif-6.jxl 2> /dev/null
cjxl --quiet -e 7 png-animation.png jxl-animation.jxl 2> /dev/null
convert "$work/small.png" -compress RLE -strip psd-rgb.psd
convert "$work/small.png" -alpha on -channel A -evaluate set 50% +channel -compress RLE -strip psd-alpha.psd
convert "$work/small.png" -strip psb-rgb.psb
