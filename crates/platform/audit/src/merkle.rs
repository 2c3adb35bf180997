//! The Merkle tree hash of RFC 6962, section 2.1, grown one leaf at a time.

use aws_lc_rs::digest::{Context, SHA256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// A tree of `size` leaves, kept as the roots of its perfect subtrees, largest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

fn hash(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

/// The hash of a leaf: `0x00 ‖ leaf`.
pub fn leaf(bytes: &[u8]) -> Hash {
    hash(&[&[0], bytes])
}

fn node(left: &Hash, right: &Hash) -> Hash {
    hash(&[&[1], left, right])
}

impl Frontier {
    /// The tree that another's size and subtrees describe; `None` where they do not fit each other.
    pub fn of(size: u64, subtrees: Vec<Hash>) -> Option<Self> {
        let fits = usize::try_from(size.count_ones()).is_ok_and(|count| count == subtrees.len());
        fits.then_some(Self { size, roots: subtrees })
    }

    /// The roots of its perfect subtrees, largest first: all that it takes to grow it further.
    pub fn subtrees(&self) -> &[Hash] {
        &self.roots
    }

    /// How many leaves it has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf.
    pub fn push(&mut self, bytes: &[u8]) {
        let mut top = leaf(bytes);
        // A one bit of the size is a perfect subtree; a carry joins two of them.
        let mut carry = self.size;
        while carry & 1 == 1 {
            if let Some(left) = self.roots.pop() {
                top = node(&left, &top);
            }
            carry >>= 1;
        }
        self.roots.push(top);
        self.size += 1;
    }

    /// The tree's root; of no leaves, the hash of nothing.
    pub fn root(&self) -> Hash {
        let mut subtrees = self.roots.iter().rev();
        match subtrees.next() {
            None => hash(&[]),
            Some(smallest) => subtrees.fold(*smallest, |right, left| node(left, &right)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;

    /// The definition of RFC 6962, recursively.
    fn by_definition(leaves: &[Vec<u8>]) -> Hash {
        match leaves.len() {
            0 => hash(&[]),
            1 => leaf(&leaves[0]),
            n => {
                let split = n.next_power_of_two() / 2;
                node(&by_definition(&leaves[..split]), &by_definition(&leaves[split..]))
            }
        }
    }

    #[test]
    fn known_roots() {
        let inputs: [&[u8]; 8] = [
            b"",
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
        ];
        let mut tree = Frontier::default();
        assert_eq!(
            HEXLOWER.encode(&tree.root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        for input in inputs {
            tree.push(input);
        }
        // The root that Certificate Transparency's test vectors give for these eight leaves.
        assert_eq!(
            HEXLOWER.encode(&tree.root()),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
        );
    }

    #[test]
    fn a_tree_grows_on_from_its_subtrees() {
        let mut tree = Frontier::default();
        for n in 0..100u8 {
            let again = Frontier::of(tree.size(), tree.subtrees().to_vec()).unwrap();
            assert_eq!(again, tree);
            tree.push(&[n]);
        }
        assert_eq!(Frontier::of(3, vec![[0; 32]]), None);
    }

    #[test]
    fn growing_equals_the_definition() {
        let leaves: Vec<Vec<u8>> = (0..200u8).map(|n| vec![n; usize::from(n % 7)]).collect();
        let mut tree = Frontier::default();
        for (n, leaf) in leaves.iter().enumerate() {
            assert_eq!(tree.root(), by_definition(&leaves[..n]), "{n} leaves");
            tree.push(leaf);
        }
    }
}
