//! The generator of Python's `random`: the fixture's rows are those that Python drew.

const SIZE: usize = 624;
const SHIFT: usize = 397;

/// MT19937, seeded and drawn from as Python does.
pub(super) struct Twister {
    state: Vec<u32>,
    at: usize,
}

impl Twister {
    /// `random.Random(seed)` for a small seed.
    pub(super) fn new(seed: u32) -> Self {
        let mut state = vec![19_650_218_u32];
        for index in 1..SIZE as u32 {
            let last = state[state.len() - 1];
            state.push(mixed(last).wrapping_mul(1_812_433_253).wrapping_add(index));
        }
        let mut at = 1;
        for _ in 0..SIZE {
            let mix = mixed(state[at - 1]).wrapping_mul(1_664_525);
            state[at] = (state[at] ^ mix).wrapping_add(seed);
            at = next(&mut state, at);
        }
        for _ in 1..SIZE {
            let mix = mixed(state[at - 1]).wrapping_mul(1_566_083_941);
            state[at] = (state[at] ^ mix).wrapping_sub(at as u32);
            at = next(&mut state, at);
        }
        state[0] = 1 << 31;
        Self { state, at: SIZE }
    }

    fn bits(&mut self, count: u32) -> u32 {
        if self.at == SIZE {
            self.twist();
        }
        let mut y = self.state[self.at];
        self.at += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^= y >> 18;
        y >> (32 - count)
    }

    fn twist(&mut self) {
        for index in 0..SIZE {
            let following = self.state[(index + 1) % SIZE];
            let y = (self.state[index] & (1 << 31)) | (following & (u32::MAX >> 1));
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[index] = self.state[(index + SHIFT) % SIZE] ^ (y >> 1) ^ odd;
        }
        self.at = 0;
    }

    fn below(&mut self, limit: u32) -> u32 {
        let bits = u32::BITS - limit.leading_zeros();
        loop {
            let drawn = self.bits(bits);
            if drawn < limit {
                return drawn;
            }
        }
    }

    /// `randint(low, high)`, both included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    /// `choice(items)`.
    pub(super) fn choice<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u32) as usize]
    }

    /// `random() < share`.
    pub(super) fn less_than(&mut self, share: f64) -> bool {
        let (high, low) = (f64::from(self.bits(27)), f64::from(self.bits(26)));
        (high * 67_108_864.0 + low) / 9_007_199_254_740_992.0 < share
    }
}

fn mixed(last: u32) -> u32 {
    last ^ (last >> 30)
}

fn next(state: &mut [u32], at: usize) -> usize {
    if at + 1 < SIZE {
        return at + 1;
    }
    state[0] = state[SIZE - 1];
    1
}
