"""What cameras write into their photos: EXIF and XMP, from the file's bytes."""
