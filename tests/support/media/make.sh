#!/bin/sh
# Makes the files in this folder, which say where, when and with what they were made. It needs
# ffmpeg, libheif-examples, imagemagick and libimage-exiftool-perl from Debian. The tests don't:
# the files are kept here. Run it in an empty folder, and copy what you need.
set -e
video="-f lavfi -i testsrc=size=64x48:rate=10:duration=1"
sound="-f lavfi -i sine=frequency=440:sample_rate=16000:duration=1"
short="-f lavfi -i sine=frequency=440:sample_rate=8000:duration=0.1"
words="-metadata creation_time=2021-03-04T05:06:07Z -metadata date=2021-03-04
 -metadata location=+59.3345+018.0632/ -metadata location-eng=+59.3345+018.0632/
 -metadata make=LeakMake -metadata model=LeakModel
 -metadata com.apple.quicktime.make=LeakMake -metadata com.apple.quicktime.model=LeakModel
 -metadata com.apple.quicktime.location.ISO6709=+59.3345+018.0632/
 -metadata com.apple.quicktime.creationdate=2021-03-04T05:06:07+0100
 -metadata title=LeakSerial -metadata comment=LeakComment
 -metadata:s handler_name=LeakModel -metadata:s:v:0 encoder=LeakModel"
make="ffmpeg -v error -y"
h264="-c:v libx264 -preset veryslow -crf 45 -pix_fmt yuv420p"
aac="-c:a aac -b:a 16k -ac 1"
$make $video $sound $words $h264 $aac film.mp4
$make $video $sound $words $h264 $aac -movflags use_metadata_tags phone.mov
$make $video $short $words $h264 -c:a pcm_s16le pcm.mov
$make $video $sound $words $h264 $aac phone.3gp
$make $video $sound $words $h264 $aac -movflags frag_keyframe+empty_moov fragments.mp4
$make $video $words -c:v mpeg4 -b:v 20k old.mp4
$make $sound $words $aac sound.m4a
$make $sound $words $aac -f mp4 sound.mp4
$make $sound $words -c:a libmp3lame -b:a 16k sound.mp3
$make $short $words -c:a flac sound.flac
$make $short $words -c:a pcm_s16le -write_bext 1 -metadata origination_date=2021-03-04 \
  -metadata originator=LeakMake sound.wav
$make $short $words -c:a pcm_s16be -write_id3v2 1 sound.aiff
$make $sound $words $aac -write_id3v2 1 sound.aac
$make $sound $words -c:a libopus -b:a 8k sound.opus
$make $short $words -c:a libvorbis sound.ogg
$make $short $words -c:a flac -f ogg flac.ogg
$make $video $words -c:v libtheora -q:v 0 theora.ogv
$make $video $sound $words -c:v libvpx -b:v 20k -c:a libopus -b:a 8k film.webm
$make $video $sound $words $h264 -c:a libopus -b:a 8k film.mkv
$make $sound $words -c:a libopus -b:a 8k -f webm -live 1 - >voice.webm
$make $video $sound $words -c:v libvpx -b:v 20k -c:a libopus -b:a 8k -f webm -live 1 - >screen.webm
$make -f lavfi -i testsrc=size=32x32:rate=5:duration=1 $words -c:v mjpeg -q:v 31 film.avi
$make $short $words -c:a pcm_s16le sound.caf
$make -f lavfi -i testsrc=size=64x48:rate=2:duration=1 $words $h264 film.ts
printf '1\n00:00:00,000 --> 00:00:01,000\nLeakMake 59.3345 2021-03-04 05:06:07\n' >track.srt
$make $video -i track.srt $words $h264 -c:s mov_text -timecode 05:06:07:00 drone.mp4
$make $video -i track.srt $words $h264 -c:s srt drone.mkv
rm track.srt
$make -f lavfi -i testsrc=size=80x60 -frames:v 1 base.png
convert base.png photo.jpg
convert base.png photo.png
convert base.png base.png pages.tif
convert base.png -compress jpeg -define tiff:tile-geometry=32x32 tiled.tif
convert base.png photo.webp
convert -delay 20 base.png \( base.png -negate \) -loop 0 moving.webp
convert -delay 20 base.png \( base.png -negate \) -loop 0 -comment LeakComment moving.gif
convert base.png photo.jp2
heif-enc -q 40 base.png -o photo.heic
heif-enc -A -q 40 base.png -o photo.avif
for file in *.jpg photo.png *.tif *.webp *.gif *.heic *.avif *.jp2; do
  exiftool -q -m -overwrite_original -GPSLatitude=59.3345 -GPSLatitudeRef=N -Make=LeakMake \
    -Model=LeakModel -ExifIFD:SerialNumber=LeakSerial -DateTimeOriginal=2021:03:04T05:06:07 \
    -XMP-photoshop:DateCreated=2021:03:04 -XMP-dc:Creator=LeakComment -XMP-exif:GPSLatitude=59.3345 \
    "$file"
done
exiftool -q -overwrite_original "-Orientation#=6" photo.jpg photo.png photo.webp
rm base.png
