//! ITU-T G.711, the coding of telephone lines.

/// A-law to linear.
pub(crate) fn a_law(code: u8) -> i16 {
    let code = code ^ 0x55;
    let exponent = i16::from(code >> 4 & 7);
    let mantissa = i16::from(code & 0x0f) << 4;
    let magnitude = match exponent {
        0 => mantissa + 8,
        _ => (mantissa + 0x108) << (exponent - 1),
    };
    if code & 0x80 == 0 { -magnitude } else { magnitude }
}

/// µ-law to linear.
pub(crate) fn mu_law(code: u8) -> i16 {
    const BIAS: i16 = 0x84;
    let code = !code;
    let exponent = i16::from(code >> 4 & 7);
    let mantissa = i16::from(code & 0x0f);
    let magnitude = (((mantissa << 3) + BIAS) << exponent) - BIAS;
    if code & 0x80 == 0 { magnitude } else { -magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_recommendation() {
        assert_eq!([a_law(0xd5), a_law(0x55), a_law(0xaa), a_law(0x2a)], [8, -8, 32_256, -32_256]);
        assert_eq!([mu_law(0xff), mu_law(0x7f), mu_law(0x80), mu_law(0x00)], [0, 0, 32_124, -32_124]);
    }

    #[test]
    fn louder_codes_are_louder() {
        let mut last = (0, 0);
        for code in 0..=0x7f_u8 {
            let now = (a_law(code ^ 0xd5), mu_law(!code));
            assert!(now.0 > last.0 && (code == 0 || now.1 > last.1), "{code}");
            last = now;
        }
    }
}
