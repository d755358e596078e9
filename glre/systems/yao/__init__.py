"""The four baselines of DocRED (Yao et al., ACL 2019): CNN, LSTM, BiLSTM, Context-aware."""
