// A tag whose colour is in its ground and border, and whose words keep the colour of text, so that they can be read.
import { Tag as Coloured, type TagProps, theme } from "antd";

export function Tag({ style, ...rest }: TagProps) {
  const { token } = theme.useToken();
  return <Coloured {...rest} style={{ color: token.colorText, ...style }} />;
}
