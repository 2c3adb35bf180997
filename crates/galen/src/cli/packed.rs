//! Files as they lie on the disk, unpacked on the way where they are packed with gzip.

use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// Opens a file; one whose name ends in `.gz` is unpacked, all members of it.
pub fn open(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    let file = File::open(path)?;
    let is_packed = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    Ok(if is_packed { Box::new(MultiGzDecoder::new(BufReader::new(file))) } else { Box::new(file) })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    #[test]
    fn every_member_of_a_packed_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("two.GZ");
        let mut bytes = Vec::new();
        for part in ["first ", "second"] {
            let mut packer = GzEncoder::new(&mut bytes, Compression::fast());
            packer.write_all(part.as_bytes()).unwrap();
            packer.finish().unwrap();
        }
        std::fs::write(&path, bytes).unwrap();
        let mut text = String::new();
        open(&path).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "first second");
    }
}
